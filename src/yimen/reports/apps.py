from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "yimen.reports"
    label = "reports"

    def ready(self) -> None:
        from . import access

        access.register_all()
