"""呈批 and 批示."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_open_follows_next_step")]

    operations = []
