"""The house's doors: staff, phone and residents. Machines come later under /api/v1 and /open311/v2."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("staff/", include("yimen.web.staff.urls")),
    path("field/", include("yimen.web.field.urls")),
    path("", include("yimen.web.portal.urls")),
]
