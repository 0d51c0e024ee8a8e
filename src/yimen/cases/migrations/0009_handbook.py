"""What the office keeps at hand, as rows: common answers, phones, competent bodies."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_desk")]

    operations = []
