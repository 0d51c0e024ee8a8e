"""文书: begun and worded on a form, then one step after the other; served with its receipt; and what waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import can
from yimen.cases import dossier, letter_fields, letterbook, letters, queries
from yimen.cases.actions import attach
from yimen.cases.actions import letters as writing
from yimen.cases.fields import Field
from yimen.cases.models import Case, Letter
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused, YimenError
from yimen.organisations.models import Unit

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.shape import Shape, build
from ..show import letters as shown
from ..show.case import header_of

# Kinds of the dossier that decide on letters, and to whom they go.
READ = ("letters", "wordings", "heads", "people", "keys", "extensions")


@page(methods=("GET", "HEAD"))
def waiting(request: StaffRequest) -> HttpResponse:
    """文书待办: mine to review, sign, seal or serve; for the director also what lies elsewhere."""
    context = {
        "mine": shown.waiting_items(letterbook.waiting(request.grants)),
        "elsewhere": shown.waiting_items(letterbook.elsewhere(request.grants)),
        "may_set": can(request.grants, "cases.set_letter_heads"),
    }
    return render(request, "staff/letters.html", context)


# --- Wording -----------------------------------------------------------------------------------------------------


@page()
def new(request: StaffRequest, ref: UUID, kind: str) -> HttpResponse:
    """A letter begun, with what the matter says already. One that was begun by a colleague is opened instead."""
    case = queries.get_visible(request.grants, ref)
    row = letters.kinds().get(kind)
    if row is None:
        raise Missing(_("没有这种文书"))
    dossier.open_(case, request.grants, (*READ, "results"))
    if row not in letterbook.startable(request.grants, case):
        return _begun(case, kind)

    def begin(data: dict[str, Any]) -> HttpResponse:
        words, addressee = _worded(data)
        found = writing.begin(request.actor, request.grants, ref, kind, words, addressee=addressee)
        messages.success(request, _("已起草：%s") % row.words)
        return redirect("staff:letter", ref, found.uuid)

    task = {
        "words": row.words,
        "about": row.article,
        "button": _("保存草稿"),
        "icon": "edit",
        "draft": f"letter-{kind}",
    }
    return _ask(
        request,
        case,
        task,
        _fields(case, row),
        letter_fields.needs(row, case.flow),
        begin,
        shown.known(case, row),
    )


def _begun(case: Case, kind: str) -> HttpResponse:
    found = letterbook.latest(case, kind)
    if found is None or found.state not in letters.OPEN:
        raise Refused(_("这份文书现在不由您起草"))
    return redirect("staff:letter", case.uuid, found.uuid)


@page()
def edit(request: StaffRequest, ref: UUID, one: UUID) -> HttpResponse:
    """A new wording of a draft; the earlier ones stay."""
    case, letter = _letter(request, ref, one)
    kind = letters.kinds()[letter.kind]

    def save(data: dict[str, Any]) -> HttpResponse:
        words, addressee = _worded(data)
        writing.edit(
            request.actor, request.grants, ref, one, words, addressee=addressee, version=_version(request)
        )
        messages.success(request, _("已保存新的一稿。"))
        return redirect("staff:letter", ref, one)

    text = letterbook.text_of(letter)
    now = {name: getattr(text, name) for name in letter_fields.FIELDS} | {"addressee": str(letter.addressee)}
    task = {"words": _("修改%s") % kind.words, "button": _("保存"), "icon": "edit", "draft": f"letter-{one}",
            "version": letter.version}  # fmt: skip
    return _ask(request, case, task, _fields(case, kind), letter_fields.needs(kind, case.flow), save, now)


def _fields(case: Case, kind: letters.Kind) -> tuple[Field, ...]:
    people = tuple(shown.people_of(case))
    greeted = Field("addressee", "choice", _("受送达人"), _("印出时才显示姓名"), choices=people)
    return ((greeted,) if people else ()) + letter_fields.asked(kind)


def _worded(data: dict[str, Any]) -> tuple[dict[str, Any], int | None]:
    slot = str(data.pop("addressee", "") or "")
    return data, int(slot) if slot.isdecimal() else None


# --- One letter and its steps ------------------------------------------------------------------------------------


@page(methods=("GET", "HEAD"))
def letter(request: StaffRequest, ref: UUID, one: UUID) -> HttpResponse:
    """The wording that stands, who did what when, its receipt, and what this person may do now."""
    case, row = _letter(request, ref, one)
    context = {"case": case, "header": header_of(case), "sheet": shown.sheet_of(request.grants, case, row)}
    return render(request, "staff/letter.html", context)


def _letter(request: StaffRequest, ref: UUID, one: UUID) -> tuple[Case, Letter]:
    case = queries.get_visible(request.grants, ref)
    dossier.open_(case, request.grants, READ)
    return case, letterbook.get(case, one)


_REASON = Field("reason", "longtext", gettext_lazy("理由"), limit=500)
_ABOUT = {
    "submit": gettext_lazy("交给本单位负责人审核；送审以后要改，先退回。"),
    "review": gettext_lazy("审核通过后可以签发。请核对事实、依据和救济告知。"),
    "sign": gettext_lazy("签发时编文号，落款为发文单位。"),
    "seal": gettext_lazy("登记已经盖好发文单位的公章。"),
    "serve": gettext_lazy("按送达回证填写；收到之日起计算复查期限。登记送达就是书面答复，不用再办“答复”。"),
    "send_back": gettext_lazy("退给起草人修改，写明要改什么。文号保留。"),
    "void": gettext_lazy("作废的文书和文号都留着，不能恢复。"),
}


@page()
def step(request: StaffRequest, ref: UUID, one: UUID, verb: str) -> HttpResponse:
    """One step of a letter, with the fields it asks for."""
    case, row = _letter(request, ref, one)
    found = letters.STEPS.get(verb)
    if found is None:
        raise Missing(_("没有这个页面"))
    task = {"words": str(found.zh), "about": _ABOUT[verb], "button": str(found.zh), "icon": shown.ICONS[verb],
            "sheet": shown.item_of(request.grants, case, row), "version": row.version, "danger": verb == "void",
            "draft": f"letter-{verb}-{one}"}  # fmt: skip
    asked, needed = _asked(row, found)
    act = _serving(request, case, row) if verb == "serve" else _moving(request, row, verb)
    return _ask(
        request, case, task, asked, needed, act, {"way": "direct", "received_at": timezone.localtime()}
    )


def _asked(row: Letter, found: letters.Step) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    if found.verb == "serve":
        ways = tuple((way.key, way.words) for way in letters.ways_on(timezone.localdate()))
        way = Field("way", "choice", _("送达方式"), choices=ways)
        return (way, *letter_fields.SERVICE.values()), ("way", "received_at")
    if found.verb == "sign" and not row.unit.online:
        return (Field("signatory", "text", _("签发人"), _("按文书上的签名"), limit=40),), ("signatory",)
    return ((_REASON,), ("reason",)) if found.reason else ((), ())


def _moving(request: StaffRequest, row: Letter, verb: str) -> Callable[[dict[str, Any]], HttpResponse]:
    def act(data: dict[str, Any]) -> HttpResponse:
        writing.move(
            request.actor, request.grants, row.case.uuid, row.uuid, verb, version=_version(request), **data
        )
        messages.success(request, _("已办：%s") % letters.STEPS[verb].zh)
        return redirect("staff:letter", row.case.uuid, row.uuid)

    return act


def _serving(request: StaffRequest, case: Case, row: Letter) -> Callable[[dict[str, Any]], HttpResponse]:
    def act(data: dict[str, Any]) -> HttpResponse:
        data = data | _scan(request, case, data.pop("scan", None))
        way = data.pop("way")
        writing.serve(
            request.actor, request.grants, case.uuid, row.uuid, way, data, version=_version(request)
        )
        messages.success(request, _("已登记送达。"))
        return redirect("staff:case", case.uuid)

    return act


def _scan(request: StaffRequest, case: Case, file: Any) -> dict[str, str]:
    """The scanned receipt, kept with the matter's own files; the same file twice is kept once."""
    if not isinstance(file, UploadedFile):
        return {}
    try:
        data = file.read(attach.LIMIT + 1)
        kept = attach.attach(
            request.actor, request.grants, case.uuid, data, file.name or "scan", purpose="service"
        )
    except Invalid as refused:
        raise Invalid(str(refused), {"scan": "；".join(map(str, refused.fields.values()))}) from refused
    return {"scan": str(kept.uuid)}


# --- In whose name -----------------------------------------------------------------------------------------------


@page("cases.set_letter_heads", methods=("GET", "HEAD"))
def heads(request: StaffRequest) -> HttpResponse:
    """发文字号 of every unit: in whose name, under which marks."""
    rows = [{"unit": unit, "head": head} for unit, head in letterbook.heads()]
    return render(request, "staff/letter_heads.html", {"rows": rows})


@page("cases.set_letter_heads")
def head(request: StaffRequest, key: str) -> HttpResponse:
    """One unit's own marks."""
    unit = get_object_or_404(Unit, key=key)
    now = letterbook.head_of(unit)
    asked = (
        Field("issuer", "text", _("发文单位"), _("落款和公章的单位，不是内设机构"), limit=80),
        Field("prefix", "text", _("意见书字号"), _("如：永街信"), limit=20),
        Field("notice_prefix", "text", _("告知书字号"), _("如：永街信告"), limit=20),
    )

    def save(data: dict[str, Any]) -> HttpResponse:
        writing.set_head(
            request.actor, request.grants, unit, **{field.name: data.get(field.name, "") for field in asked}
        )
        messages.success(request, _("已保存%s的发文字号。") % unit.name)
        return redirect("staff:letter-heads")

    task = {
        "words": _("%s的发文字号") % unit.name,
        "button": _("保存"),
        "icon": "check",
        "draft": f"head-{key}",
    }
    known = {field.name: getattr(now, field.name) for field in asked}
    return _ask(request, None, task, asked, tuple(field.name for field in asked), save, known)


# --- Shared ------------------------------------------------------------------------------------------------------


def _ask(
    request: StaffRequest,
    case: Case | None,
    task: dict[str, Any],
    asked: tuple[Field, ...],
    needed: tuple[str, ...],
    act: Callable[[dict[str, Any]], HttpResponse],
    known: dict[str, Any],
) -> HttpResponse:
    """A form for these fields, then the act; what was refused comes back beside its field with everything typed."""
    posted = request.method == "POST"
    form = build(
        asked, needed, case or Case(), *((request.POST, known, request.FILES) if posted else (None, known))
    )
    form.spoken_of = {"served_on": "received_at"}  # type: ignore[misc]
    error: YimenError | None = None
    if posted and form.is_valid():
        try:
            return act({name: value for name, value in form.cleaned_data.items() if value not in ("", None)})
        except (Invalid, Conflict, Refused) as refused:
            error = refused
            form.refuse(error)
    status = kind_of(error).status if error else 400 if posted else 200
    return render(
        request, "staff/letter_form.html", _context(request, case, task, form, error), status=status
    )


def _context(
    request: StaffRequest, case: Case | None, task: dict[str, Any], form: Shape, error: YimenError | None
) -> dict[str, Any]:
    return {
        "case": case,
        "header": header_of(case) if case else None,
        "task": task,
        "form": form,
        "changed": isinstance(error, Conflict),
        "version": request.POST.get("version") or task.get("version", ""),
    }


def _version(request: StaffRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 6 else None
