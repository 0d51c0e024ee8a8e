"""Addresses of the phones' pages: codes, devices, import, daily logs."""

from __future__ import annotations

from django.urls import path

from .views import field, field_logs

urlpatterns = [
    path("field/", field.phones, name="field-phones"),
    path("field/code/", field.code, name="field-code"),
    path("field/devices/<uuid:ref>/off/", field.off, name="field-off"),
    path("field/import/", field.take_file, name="field-import"),
    path("field/logs/", field_logs.logs, name="field-logs"),
    path("field/logs/<int:pk>/", field_logs.day, name="field-log-day"),
    path("field/logs/<int:pk>/log.pdf", field_logs.paper, name="field-log-pdf"),
]
