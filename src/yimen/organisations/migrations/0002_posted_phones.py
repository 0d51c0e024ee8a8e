"""The two numbers that stand on the paper posted in every grid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="office",
            name="duty_phone",
            field=models.CharField(
                blank=True, default="", help_text="answered day and night (值班电话)", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="supervision_phone",
            field=models.CharField(
                blank=True, default="", help_text="for complaints about the work (监督电话)", max_length=40
            ),
        ),
    ]
