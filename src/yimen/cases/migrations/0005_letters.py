"""Opinion letters, their service, review and re-review."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_instructions")]

    operations = []
