"""派遣规则 hold for every door: another unit than theirs only with a reason, and the ledger says which rule spoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid
from yimen.organisations.models import Unit

from ... import routes

if TYPE_CHECKING:
    from ..transition import Step


def by_the_rules(step: Step) -> None:
    """Raises Invalid beside the reason where the unit is not the rules' and none is given."""
    route = routes.route_of(step.case, step.at)
    if route.rule is None:
        return
    followed = step.data["unit"] == route.lead
    name = Unit.objects.values_list("name", flat=True).get(key=route.lead)
    if not followed and not step.data.get("reason"):
        said = _("按派遣规则应派给%s；派给别的单位要写明理由") % name
        raise Invalid(_("派给的不是规则定的单位"), {"reason": said})
    step.payload |= {"rule": route.rule.pk, "routed": name, "by_rule": followed}
