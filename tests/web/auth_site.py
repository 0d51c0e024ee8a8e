"""A small site for the tests of signing in: the real sign-in addresses and two plain pages behind them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.i18n import set_language


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"desk of {request.user.name} in {request.LANGUAGE_CODE}")


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


staff = [
    path("", desk, name="home"),
    path("search/", plain, name="search"),
    path("new/", plain, name="register"),
]
urlpatterns = [
    path("staff/", include("yimen.web.staff.auth.urls")),
    path("staff/", include((staff, "staff"))),
    path("field/", plain),
    path("language/", set_language, name="language"),
    path("", plain, name="portal"),
]
