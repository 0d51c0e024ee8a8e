"""Addresses of administration, below /staff/admin/ in the namespace of the staff face."""

from __future__ import annotations

from django.urls import path

from .views import templates
from .views.admin import (
    calendar,
    callbacks,
    dated,
    history,
    home,
    own_rules,
    people,
    roles,
    rules,
    tokens,
    units,
)

urlpatterns = [
    path("", home.home, name="admin"),
    path("office/", units.the_office, name="admin-office"),
    path("units/", units.units, name="admin-units"),
    path("units/add/", units.add_unit, name="admin-add-unit"),
    path("units/<slug:key>/", units.unit, name="admin-unit"),
    path("units/<slug:key>/edit/", units.edit_unit, name="admin-edit-unit"),
    path("units/<slug:key>/end/", units.stop_unit, name="admin-end-unit"),
    path("units/<slug:key>/join/", units.join, name="admin-join"),
    path("members/<int:pk>/", units.member, name="admin-member"),
    path("members/<int:pk>/liaison/", units.liaison, name="admin-liaison"),
    path("members/<int:pk>/leave/", units.leave, name="admin-leave"),
    path("people/", people.people, name="admin-people"),
    path("people/<int:pk>/", people.person, name="admin-person"),
    path("people/<int:pk>/switch/", people.switch, name="admin-switch"),
    path("people/<int:pk>/first-link/", people.first_link, name="admin-first-link"),
    path("roles/", roles.roles, name="admin-roles"),
    path("roles/grant/", roles.grant, name="admin-grant"),
    path("roles/<int:pk>/revoke/", roles.revoke, name="admin-revoke"),
    path("roles/<int:pk>/stand-in/", roles.stand_in, name="admin-stand-in"),
    path("rows/<slug:name>/", dated.rows, name="admin-rows"),
    path("rows/<slug:name>/add/", dated.add, name="admin-add-row"),
    path("rows/<slug:name>/<int:pk>/", dated.revise, name="admin-row"),
    path("rows/<slug:name>/<int:pk>/end/", dated.end, name="admin-end-row"),
    path("rules/", rules.rules, name="admin-rules"),
    path("rules/add/", own_rules.add, name="admin-add-rule"),
    path("rules/<int:pk>/", rules.rule, name="admin-rule"),
    path("rules/<int:pk>/end/", own_rules.end, name="admin-end-rule"),
    path("calendar/", calendar.calendar, name="admin-calendar"),
    path("calendar/<int:year>/", calendar.year, name="admin-year"),
    path("templates/", templates.templates, name="admin-templates"),
    path("templates/<slug:form>/", templates.template, name="admin-template"),
    path("templates/<slug:form>/choose/", templates.choose, name="admin-choose-template"),
    path("templates/<slug:form>/<int:version>.docx", templates.download, name="admin-template-file"),
    path("callbacks/", callbacks.rules, name="admin-callbacks"),
    path("callbacks/rule/", callbacks.rule, name="admin-callback-rule"),
    path("callbacks/rule/<int:pk>/end/", callbacks.end_rule, name="admin-end-callback-rule"),
    path("callbacks/script/", callbacks.script, name="admin-callback-script"),
    path("tokens/", tokens.tokens, name="admin-tokens"),
    path("tokens/issue/", tokens.issue, name="admin-issue-token"),
    path("tokens/<int:pk>/end/", tokens.end, name="admin-end-token"),
    path("history/", history.history, name="admin-history"),
]
