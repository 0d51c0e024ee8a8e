"""Joint handling, merging, splitting; the call-back desk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_pressure")]

    operations = []
