"""One way to take a step, whichever door it is asked at: the runner, and the two verbs that are more than one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid

from ..models import Case
from ..states import HIDDEN_VERBS
from . import callbacks, joint, transition


def take(
    actor: Actor, grants: Grants, ref: UUID, verb: str, data: Mapping[str, Any], *, version: int | None = None
) -> Case:
    """Do `verb`; raises what `transition.run` raises. A merge holds two rows, a call-back decides what follows from it."""
    if verb in HIDDEN_VERBS:
        raise Invalid(_("没有这一步：%s") % verb)
    if verb == "merge":
        given = {"main": data.get("main", ""), "note": data.get("note", "")}
        return joint.merge(actor, grants, ref, **given, version=version)
    if verb == "call_back":
        return callbacks.record_callback(actor, grants, ref, data, version=version)
    return transition.run(actor, grants, ref, verb, data, version=version)
