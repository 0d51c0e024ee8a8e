"""大字模式: how large a person wants the text of the pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            "user",
            "text_size",
            models.PositiveSmallIntegerField(
                choices=[(100, "100 %"), (125, "125 %"), (150, "150 %")], default=100
            ),
        ),
    ]
