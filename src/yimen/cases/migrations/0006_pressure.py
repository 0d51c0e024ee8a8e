"""Extensions asked and decided, reasons for suspension, the ladder of pressure, leaders, reports of major matters."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_letters")]

    operations = []
