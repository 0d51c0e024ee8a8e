"""Comforts of the desk: papers from above, numbers elsewhere, notes, saved filters."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_joint")]

    operations = []
