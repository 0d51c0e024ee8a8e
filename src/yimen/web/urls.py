"""The house's doors: staff, phone, residents, and machines under /api/v1. /open311/v2 comes later."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("staff/", include("yimen.web.staff.urls")),
    path("field/", include("yimen.web.field.urls")),
    path("api/v1/", include("yimen.web.api.urls")),
    path("", include("yimen.web.portal.urls")),
]
