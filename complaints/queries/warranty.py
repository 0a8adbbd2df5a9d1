"""Dual routing (R53, DOMAIN 2.3): 房屋质量 in warranty goes to the developer, out of it to the property company."""

from dataclasses import dataclass
from datetime import date

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.states import Responsibility
from workorders.models import WarrantyPart
from workorders.queries.warranty import warranty_of
from workorders.states import Warranty


@dataclass(frozen=True)
class Tested:
    """The answer for one part of the building on the day the customer spoke. `responsibility` is "" where the records do not say;
    `paid_by` says out of whose money, once no warranty does."""

    part: str
    warranty: str
    until: date | None
    responsibility: str
    paid_by: str = ""

    @property
    def sentence(self) -> str:
        """在保，质保 2027-03-09 到期，归地产公司."""
        words = [str(Warranty(self.warranty).label)]
        if self.until is not None:
            said = {Warranty.IN: _("质保 %(day)s 到期"), Warranty.OUT: _("质保已于 %(day)s 到期")}.get(
                Warranty(self.warranty), _("按两年算到 %(day)s，请按采暖期、供冷期核实后指定")
            )
            words.append(said % {"day": formats.date_format(self.until, "DATE_FORMAT")})
        whose = Responsibility(self.responsibility).label if self.responsibility else ""
        if whose:
            words.append(_("归%(whose)s") % {"whose": whose})
            words += [self.paid_by] if self.paid_by else []
        elif self.until is None:
            words.append(_("竣工日期不全，请核实后指定"))
        return "，".join(words)


def warranty_test(case: Complaint, part: str) -> Tested | None:
    """None where no part of the building is meant."""
    if not part:
        return None
    on = timezone.localdate(case.received_at)
    warranty, until = warranty_of(part, unit=case.unit, building=case.building, on=on)
    whose = {Warranty.IN: Responsibility.DEVELOPER, Warranty.OUT: Responsibility.PROPERTY}.get(warranty, "")
    return Tested(part, warranty, until, whose, _paid_by(case, part) if warranty == Warranty.OUT else "")


def _paid_by(case: Complaint, part: str) -> str:
    """Outside a flat everything is 共用. At a flat pipes and fittings are its owner's; water comes through the roof and the wall, which
    are 共用, or from its own bathroom, and the part does not say which."""
    if case.unit_id is None:
        return _("申请维修资金")
    return _("有偿维修（户内）") if part == WarrantyPart.INSTALLATION else _("维修资金（共用部位）或有偿（户内）")


def warranty_tests(case: Complaint) -> list[Tested]:
    """Every part with its answer: what the dialog of 受理判级 shows."""
    return [tested for part in WarrantyPart.values if (tested := warranty_test(case, part)) is not None]


def warranty_words(case: Complaint) -> str:
    """What the case keeps of it; "" when no part of the building was meant."""
    if not case.warranty_part:
        return ""
    part = WarrantyPart(case.warranty_part).label
    if case.warranty_until is None:
        return str(part)
    until = formats.date_format(case.warranty_until, "DATE_FORMAT")
    return _("%(part)s，质保至 %(day)s") % {"part": part, "day": until}
