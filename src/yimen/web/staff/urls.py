"""Addresses of the staff face. Signing in has its own list (auth.urls) and no namespace."""

from __future__ import annotations

from django.urls import include, path

from .views import (
    accusation,
    case,
    enquiry,
    files,
    handover,
    papers,
    people,
    queue,
    register,
    reports,
    returning,
    search,
    verb,
    worklist,
)

staff = (
    [
        path("", worklist.home, name="home"),
        path("work/<slug:name>/", worklist.work, name="work"),
        path("register/", register.register, name="register"),
        path("register/suggest/", register.suggest, name="suggest"),
        path("register/similar/", register.similar, name="similar"),
        path("accusation/", accusation.accusation, name="accusation"),
        path("returning/", returning.returning, name="returning"),
        path("enquiry/", enquiry.enquiry, name="enquiry"),
        path("queue/", queue.queue, name="queue"),
        path("queue/<uuid:ref>/", queue.queued, name="queued"),
        path("search/", search.search, name="search"),
        path("handover/", handover.handover, name="handover"),
        path("work/<slug:name>/register.xlsx", reports.worklist, name="register-xlsx"),
        path("figures/", reports.figures, name="figures"),
        path("figures/<slug:name>/", reports.figure, name="figure"),
        path("cases/<uuid:ref>/", case.case, name="case"),
        path("cases/<uuid:ref>/registered/", register.registered, name="registered"),
        path("cases/<uuid:ref>/do/<slug:verb>/", verb.do, name="do"),
        path("cases/<uuid:ref>/contact/", case.contact, name="contact"),
        path("cases/<uuid:ref>/people/", people.reveal, name="reveal"),
        path("cases/<uuid:ref>/people/correct/", people.correct, name="correct-people"),
        path("cases/<uuid:ref>/slip.pdf", papers.slip, name="slip"),
        path("cases/<uuid:ref>/referral.pdf", papers.referral, name="referral"),
        path("cases/<uuid:ref>/v01.pdf", papers.v01, name="v01"),
        path("cases/<uuid:ref>/files/", files.files, name="files"),
        path("cases/<uuid:ref>/files/<uuid:file>/", files.file, name="file"),
    ],
    "staff",
)
urlpatterns = [path("", include("yimen.web.staff.auth.urls")), path("", include(staff))]
