"""Addresses of the phone face: the shell, which anyone may fetch, and below `api/` what enrolled phones ask."""

from __future__ import annotations

from django.urls import include, path

from . import shell

urlpatterns = [
    path("", shell.home, name="field"),
    path("precache.json", shell.precache, name="field-precache"),
    path("sw.js", shell.worker, name="field-worker"),
    path("manifest.webmanifest", shell.manifest, name="field-manifest"),
    path("api/", include("yimen.web.field.phone_urls")),
]
