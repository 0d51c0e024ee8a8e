"""Settings of every installation. Values an office may change come from the environment, loudly checked."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from yimen.foundation import home as home_module
from yimen.foundation import hosts

REPO = home_module.REPO
HOME = home_module.current()
PACKAGE = Path(__file__).resolve().parents[1]


def database(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://` address; a socket folder comes as `?host=/path`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"DATABASE_URL must begin with postgresql://, not {parts.scheme!r}")
    query = parse_qs(parts.query)
    return {
        "ENGINE": "yimen.foundation.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "yimen",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or query.get("port", [""])[0]),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 10, "tcp_user_timeout": 30_000, **_manners()},
    }


SERVED = "-c work_mem=16MB -c plan_cache_mode=force_generic_plan"
"""A search among a million matters remembers rows, not pages: 0.6 s instead of 15 at the worst. What is prepared
(foundation/prepared) is planned once a connection."""


def _manners() -> dict[str, str]:
    """Seconds after which the database ends a statement of this process, or a transaction in which nothing is said;
    and how the database works for it.

    `./yimen up` sets it for each of its services; commands of the operator have none. 0: none (some poolers refuse it).
    """
    seconds = int(os.environ.get("YIMEN_DB_SECONDS") or 0)
    ends = f"-c statement_timeout={seconds}s -c idle_in_transaction_session_timeout={seconds}s"
    return {"options": f"{ends} {SERVED}"} if seconds else {}


# The app's role does the work; the owner's role only migrates, backs up and restores.
_url = os.environ.get("DATABASE_ADMIN_URL" if os.environ.get("YIMEN_DB_ROLE") == "admin" else "DATABASE_URL")
DATABASES = {"default": database(_url)} if _url else {}

SECRET_KEY_FILE = HOME.keys / "django"
SECRET_KEY = os.environ.get("YIMEN_SECRET_KEY") or (
    SECRET_KEY_FILE.read_text().strip() if SECRET_KEY_FILE.exists() else "not-yet-made-run-yimen-up"
)
DEBUG = False
DEMO = HOME.demo_mark.exists()
# The names and addresses this server answers under: those named here, else its own. The office's public address
# (set by its administrators) is learnt while running: web/hosts.py.
_names = [name.strip() for name in os.environ.get("YIMEN_ALLOWED_HOSTS", "").split(",") if name.strip()]
HOSTS_ARE_SET = bool(_names)
ALLOWED_HOSTS = _names or hosts.own()
# How many proxies stand in front; 0 means the forwarded headers are not believed.
TRUSTED_PROXIES = int(os.environ.get("YIMEN_TRUSTED_PROXIES", "0"))
HTTPS = os.environ.get("YIMEN_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# `check --deploy` looks for the framework's own way; web/headers.py does these for every answer, of errors too.
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options and frame-ancestors: web/headers.py
    "security.W004",  # Strict-Transport-Security under HTTPS: web/headers.py
    "security.W008",  # no redirect to HTTPS: one port speaks one protocol, a proxy in front decides for itself
]

INSTALLED_APPS = [
    "procrastinate.contrib.django",
    "yimen.jobs",
    "yimen.ledger",
    "yimen.calendars",
    "yimen.accounts",
    "yimen.organisations",
    "yimen.access",
    "yimen.grids",
    "yimen.documents",
    "yimen.cases",
    "yimen.intake",
    "yimen.reports",
    "yimen.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]

MIDDLEWARE = [
    "yimen.web.headers.HeadersMiddleware",
    "yimen.web.health.HealthMiddleware",
    "yimen.web.api.gate.ProblemsMiddleware",
    "yimen.web.hosts.HostsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yimen.web.api.gate.GateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yimen.web.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yimen.web.size.SizeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yimen.web.staff.session.SessionLimitsMiddleware",
    "yimen.web.staff.errors.ErrorsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "yimen.web.urls"
WSGI_APPLICATION = "yimen.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "yimen.web.context.office",
                "yimen.web.context.text_size",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "yimen.web.templatetags.yimen",
            ],
        },
    }
]
# Jobs: what each room's jobs.py registers; done ones are deleted after so many days, dead ones (failed too often) later.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
JOBS_KEEP_DAYS = int(os.environ.get("YIMEN_JOBS_KEEP_DAYS", "7"))
JOBS_DEAD_DAYS = int(os.environ.get("YIMEN_JOBS_DEAD_DAYS", "90"))
# When somebody is to be woken (reports/alarms.py): age of a job that is due, of a ledger entry without its number,
# of the last restore that was proved; disk that is left.
ALARM_JOB_SECONDS = float(os.environ.get("YIMEN_ALARM_JOB_SECONDS", "300"))
ALARM_LEDGER_SECONDS = float(os.environ.get("YIMEN_ALARM_LEDGER_SECONDS", "120"))
ALARM_RESTORE_DAYS = int(os.environ.get("YIMEN_ALARM_RESTORE_DAYS", "35"))
ALARM_DISK_GB = int(os.environ.get("YIMEN_ALARM_DISK_GB", "5"))

AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Chinese is the language of the source; English is a complete translation.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("YIMEN_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = REPO / "build" / "static"
# `./yimen` copies the few browser files of the npm packages here (cli/build.py has the list).
VENDOR = REPO / "build" / "vendor"
STATICFILES_DIRS = [PACKAGE / "web" / "static", ("vendor", VENDOR)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yimen.web.modules.ModuleStorage"},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 30
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# What fails is told in the log (`log/web.log`): traces only, never forms, addresses' queries or people.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}

from yimen.settings.auth import *  # noqa: E402, F403
