"""派遣规则: the rules in words, what would go where, a new one tried over the last year before it is switched on."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import routes
from yimen.cases.actions import routing as keeping
from yimen.cases.models import RoutingRule
from yimen.grids.queries import all_grids, held

from ..door import StaffRequest, page
from ..forms.routing import AskForm, RuleForm, initial_of
from ..forms.rows import LastDay, today
from .admin.saving import posted, saved, try_to

SHOWN = 50  # of the matters that would go elsewhere so many are named


@page("cases.set_routing", methods=("GET", "HEAD"))
def rules(request: StaffRequest) -> HttpResponse:
    """What holds now and will; what is over only when asked for. Below it, where a class in a place would go."""
    past = bool(request.GET.get("past"))
    found = RoutingRule.objects.select_related("unit", "place")
    if not past:
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today()))
    with held():
        names, asked = routes.Names.read(), AskForm(request.GET if request.GET.get("subject") else None)
        shown = {
            "lines": routes.lines(list(found), names), "past": past, "today": today(), "form": asked,
            "answers": _answers(asked, names) if asked.is_bound and asked.is_valid() else [],
        }  # fmt: skip
    return render(request, "staff/routing/rules.html", shown)


def _answers(asked: AskForm, names: routes.Names) -> list[tuple[object, routes.Answer]]:
    """In office hours and after: where, and by which rule."""
    kind = asked.kinds.get(asked.cleaned_data["subject"])
    place = asked.cleaned_data["place"]
    grid = next((one for one in all_grids() if str(one.pk) == place), None)
    return routes.answers(kind, grid, timezone.now(), names) if kind else []


@page("cases.set_routing")
def add(request: StaffRequest) -> HttpResponse:
    """A new rule: tried first, saved when what it changes was seen."""
    form = RuleForm(posted(request), initial={"valid_from": today()})

    def made(data: dict[str, Any]) -> RoutingRule:
        return RoutingRule(**data)

    def save(data: dict[str, Any]) -> object:
        return keeping.add_rule(request.actor, request.grants, made(data))

    return _tried(request, form, None, made, save, _("新增派遣规则"))


@page("cases.set_routing")
def revise(request: StaffRequest, pk: int) -> HttpResponse:
    """Something else from a day on; tried first."""
    row = get_object_or_404(RoutingRule.objects.select_related("unit", "place"), pk=pk)
    form = RuleForm(posted(request), initial=initial_of(row) | {"valid_from": max(today(), row.valid_from)})

    def made(data: dict[str, Any]) -> RoutingRule:
        return keeping.changed(row, data["valid_from"], data)

    def save(data: dict[str, Any]) -> object:
        return keeping.revise_rule(request.actor, request.grants, row, data.pop("valid_from"), data)

    return _tried(request, form, row, made, save, _("修改派遣规则"))


def _tried(
    request: StaffRequest, form: RuleForm, row: RoutingRule | None, made: Callable[[dict[str, Any]], RoutingRule],
    save: Callable[[dict[str, Any]], object], title: str,
) -> HttpResponse:  # fmt: skip
    """The form; what the rule would change; saved once that was seen for these very choices."""
    shown: dict[str, Any] = {"form": form, "title": title}

    def go(_data: dict[str, Any]) -> HttpResponse:
        data, mark = form.values(), _mark(form)
        if form.cleaned_data["seen"] != mark:
            keeping.check(made(dict(data)))
            found = routes.replay(request.grants, made(dict(data)), row)
            return _page(
                request, shown | {"replay": found, "seen": mark, "more": max(0, len(found.changed) - SHOWN)}
            )
        save(data)
        messages.success(request, _("已保存，从所写日期起用。"))
        return redirect("staff:routing")

    answer, status = try_to(form, go)
    return answer or _page(request, shown, status)


def _mark(form: RuleForm) -> str:
    """For which choices the effect was shown: other choices are tried anew."""
    chosen = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
    return sha256(repr(sorted(chosen.items())).encode()).hexdigest()[:32]


def _page(request: StaffRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "staff/routing/rule.html", shown | {"limit": SHOWN}, status=status)


@page("cases.set_routing")
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """A rule holds until a day; then what says less decides."""
    row = get_object_or_404(RoutingRule, pk=pk)
    return saved(
        request, LastDay(posted(request)),
        lambda data: keeping.end_rule(request.actor, request.grants, row, data["last_day"]), _("已停用。"),
        ("staff:routing",), title=_("停用派遣规则"), button=_("停用"), icon="close", danger=True, back="staff:routing",
    )  # fmt: skip
