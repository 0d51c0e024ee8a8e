"""Addresses that enrolled phones speak to; each declares `policy = "phone"` but the enrolment itself."""

from __future__ import annotations

from django.urls import path

from . import reading, sending

urlpatterns = [
    path("enrol", sending.enrol, name="field-enrol"),
    path("items/<uuid:uuid>", sending.item, name="field-item"),
    path("items/<uuid:uuid>/files/<slug:sha256>", sending.file, name="field-file"),
    path("tasks", reading.tasks, name="field-tasks"),
    path("cases/<uuid:uuid>/files/<uuid:one>", reading.photo, name="field-photo"),
    path("classes", reading.classes, name="field-classes"),
    path("map", reading.outline, name="field-map"),
    path("log", reading.day, name="field-log"),
]
