"""Residents' pages. They need no account, no script and no cookie."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from . import views

urlpatterns = [
    path("", views.home, name="portal"),
    path("m/<str:number>", views.matter, name="portal-matter"),
    path("privacy/", views.privacy, name="portal-privacy"),
    path("language/", set_language, name="portal-language"),
]
