from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yimen.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import administration

        administration.register_all()
