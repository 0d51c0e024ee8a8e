from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "yimen.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import access

        access.register_all()
