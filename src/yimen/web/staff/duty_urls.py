"""Addresses of the roster and the premises, below /staff/ in the namespace of the staff face."""

from __future__ import annotations

from django.urls import path

from .views import duty, duty_keeping, duty_papers, premises, premises_table

urlpatterns = [
    path("duty/", duty.home, name="duty"),
    path("duty/month/", duty.month, name="duty-month"),
    path("duty/roster.<slug:form>", duty_papers.roster, name="duty-roster-file"),
    path("duty/fill/", duty_keeping.fill, name="duty-fill"),
    path("duty/hours/", duty_keeping.hours, name="duty-hours"),
    path("duty/days/<slug:on>/", duty_keeping.day, name="duty-day"),
    path("duty/shifts/<int:pk>/", duty.shift, name="duty-shift"),
    path("duty/shifts/<int:pk>/swap/", duty.ask_swap, name="duty-ask-swap"),
    path("duty/shifts/<int:pk>/record.<slug:form>", duty_papers.record, name="duty-record-file"),
    path("duty/swaps/<int:pk>/", duty.swap, name="duty-swap"),
    path("premises/", premises.register, name="premises"),
    path("premises/add/", premises.add, name="premise-add"),
    path("premises/import/", premises_table.take_in, name="premises-import"),
    path("premises/register.xlsx", premises_table.export, name="premises-xlsx"),
    path("premises/needs/<int:pk>/", premises.need, name="premise-need"),
    path("premises/<uuid:ref>/", premises.premise, name="premise"),
    path("premises/<uuid:ref>/edit/", premises.edit, name="premise-edit"),
]
