from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "yimen.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import access

        access.register_all()
