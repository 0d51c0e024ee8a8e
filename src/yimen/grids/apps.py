from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "yimen.grids"
    label = "grids"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import access, premises_access

        access.register_all()
        premises_access.register_all()
