"""Rules about single files beyond a permission, as the pages show them."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from owners.models import Owner, Tenure
from owners.visibility import Eyes
from properties.models import Unit

EXPORT_PLAIN = "owners.export_plain_owner"


def plain_reader(user: Any) -> Callable[[Any, str], bool]:
    """May this person export a protected field of a row unmasked? Only with the right to, where it holds, and never what his roles
    hide."""
    scope, eyes = user.access.scope(EXPORT_PLAIN), Eyes(user)

    def reads_plain(record: Any, field: str) -> bool:
        owner = record if isinstance(record, Owner) else record.owner
        here = [pk for pk in owner.community_ids if scope.covers_community(pk)]
        return bool(here or scope.everything) and eyes.level(field, here) != "hidden"

    return reads_plain


def disable_consequence(owner: Owner) -> dict[str, Any]:
    """What stopping a file means, with the counts of what keeps hanging on it."""
    current = Tenure.objects.filter(owner=owner).current().count()
    counts = [
        (_("在册的人房关系"), current),
        (_("车辆"), owner.vehicles.filter(disabled_at__isnull=True).count()),
        (_("联系记录"), owner.contact_records.count()),
    ]
    consequence = {
        "consequence": _("档案和历史都会保留，不再出现在选择框里，可以随时恢复。"),
        "consequences": [{"label": label, "value": count} for label, count in counts],
    }
    if current:
        consequence["blocked"] = _("还有 %(count)d 条在册的人房关系，请先终止") % {"count": current}
    return consequence


def sees_former(user: Any) -> bool:
    """Whether the history before the present household is open to this person."""
    return bool(user.has_perm("owners.view_former_owner"))


def may_open_attachment(user: Any, attachment: Any) -> bool:
    """A file on a unit or a person opens for those who may see the unit or the person."""
    model = Owner if attachment.source_type == Owner._meta.label_lower else Unit
    return model.objects.visible_to(user, "owners.view_owner").filter(pk=attachment.source_id).exists()
