"""Settings of the suite: a throw-away PostgreSQL, a throw-away home, quick passwords."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ["YIMEN_HOME"] = tempfile.mkdtemp(prefix="yimen-test-home-")
os.environ.setdefault("DATABASE_URL", os.environ.get("YIMEN_TEST_DATABASE_URL", "postgresql:///yimen"))

from yimen.settings.base import *  # noqa: F403

SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["*"]  # tests/web/test_hosts.py sets its own
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def _remove_home(home: str = os.environ["YIMEN_HOME"], maker: int = os.getpid()) -> None:
    if os.getpid() == maker:  # not in a forked child
        shutil.rmtree(home, ignore_errors=True)


atexit.register(_remove_home)
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("YIMEN_TEST_DB", "test_yimen")}  # noqa: F405
