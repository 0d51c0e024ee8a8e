"""Security headers of every page (SECURITY.md 9; OWASP ASVS 5.0 §3.4)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {value}" for name, value in POLICY.items())
CLOSED = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
# Nothing is told to other sites. Not "no-referrer": with it browsers send `Origin: null` with every form,
# and the check against forged requests would refuse all of them (seen in Chromium).
REFERRER = "same-origin"
FIELD = CLOSED.replace("camera=()", "camera=(self)").replace("geolocation=()", "geolocation=(self)")
HSTS = "max-age=31536000"
# Everything that may show a matter or a person. Nothing below these may rest in a cache, whatever a view says.
PERSONAL = ("/staff/", "/field/", "/m/", "/api/")
MACHINES = "/api/"
# What machines read is no page: opened in a browser it may load, run and frame nothing.
BARE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class HeadersMiddleware:
    """Adds what every answer needs. A view may set a narrower CSP of its own (files are served sandboxed)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in headers_for(request.path).items():
            response.headers.setdefault(name, value)
        _keep_out_of_caches(request.path, response)
        return response


def headers_for(path: str) -> dict[str, str]:
    """The headers of a page at this path. Camera and position open on the field page only."""
    found = {
        "Content-Security-Policy": BARE if path.startswith(MACHINES) else CONTENT_SECURITY_POLICY,
        "Permissions-Policy": FIELD if path.startswith("/field/") else CLOSED,
        "Referrer-Policy": REFERRER,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return found | {"Strict-Transport-Security": HSTS} if settings.HTTPS else found


def _keep_out_of_caches(path: str, response: HttpResponse) -> None:
    """`no-store` on personal pages always, on others unless the view has said something."""
    if path.startswith(PERSONAL):
        response.headers["Cache-Control"] = "no-store, private"
    elif not path.startswith(settings.STATIC_URL):
        response.headers.setdefault("Cache-Control", "no-store")
