"""Addresses of the phone face."""

from __future__ import annotations

from django.urls import include, path

from . import views

urlpatterns = [path("", views.home, name="field"), path("api/", include("yimen.web.field.phone_urls"))]
