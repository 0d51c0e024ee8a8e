import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("centre_name", models.CharField(max_length=80)),
                (
                    "number_prefix",
                    models.CharField(
                        default="永", help_text="first character of a matter's number", max_length=4
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=200)),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                ("hours", models.CharField(blank=True, default="", max_length=200)),
                ("division_code", models.CharField(blank=True, default="", max_length=12)),
                (
                    "public_url",
                    models.CharField(
                        blank=True, default="", help_text="address printed in slip codes", max_length=200
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="shown with the name, e.g. on a demo",
                        max_length=300,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=48, unique=True)),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("centre", "中心"),
                            ("office", "内设机构"),
                            ("stationed", "派驻单位"),
                            ("external", "无账号单位"),
                            ("community", "社区"),
                            ("district", "区级单位"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "online",
                    models.BooleanField(
                        default=True, help_text="has accounts; otherwise matters go by letter or call"
                    ),
                ),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                ("address", models.CharField(blank=True, default="", max_length=200)),
                ("hours", models.CharField(blank=True, default="", max_length=200)),
                ("order", models.PositiveIntegerField(default=0)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "id"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("title", models.CharField(blank=True, default="", max_length=40)),
                ("window", models.CharField(blank=True, default="", max_length=20)),
                (
                    "liaison",
                    models.BooleanField(
                        default=False, help_text="联络员: what is sent to the unit arrives here first"
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "unit"), name="membership_once"),
                    models.UniqueConstraint(fields=("user", "unit", "active"), name="membership_key"),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True), ("liaison", True)),
                        fields=("unit",),
                        name="one_liaison",
                    ),
                ],
            },
        ),
    ]
