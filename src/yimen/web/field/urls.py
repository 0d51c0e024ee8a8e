"""Addresses of the phone face."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("", views.home, name="field")]
