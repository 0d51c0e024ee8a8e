"""Stand-ins: a role held for somebody who is away, which ends by itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RemoveConstraint(
            model_name="rolegrant",
            name="rolegrant_once",
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="stands_for",
            field=models.ForeignKey(
                blank=True,
                help_text="代理: whose role this is while they are away; ends by itself",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.UniqueConstraint(
                fields=("user", "role", "unit", "grid_code", "since", "stands_for"),
                name="rolegrant_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stands_for__isnull", True),
                    models.Q(
                        ("until__isnull", False), models.Q(("stands_for", models.F("user")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="rolegrant_stand_in_ends",
            ),
        ),
    ]
