"""Rules about single announcements beyond a permission."""

from typing import Any, Literal

from django.utils.translation import gettext as _

from audit import states as machine
from audit.policies import Denied
from core.models import Attachment
from notices.models import Notice
from notices.models.notices import VIEW
from notices.states import TRANSITIONS, Action


def may(actor: Any, action: str, notice: Notice) -> Literal[True] | Denied:
    """Four eyes on every announcement, except what cannot wait."""
    mine = actor.actor_type == "user" and actor.actor_id == notice.author_id
    if action in {Action.APPROVE, Action.REJECT} and mine:
        return Denied(_("拟稿人不能审核自己的通知，请由另一位同事审核"))
    if action == Action.PUBLISH_URGENTLY and not notice.is_urgent:
        return Denied(_("只有紧急通知可以不经审核发布"))
    if action in {Action.PUBLISH, Action.PUBLISH_URGENTLY} and notice.is_over:
        return Denied(_("有效期已过，请先收回修改有效期"))
    return True


def available_actions(user: Any, notice: Notice) -> list[str]:
    """What this person may do with the announcement now; the pages show buttons for these and no others."""
    return machine.available_actions(user, notice, transitions=TRANSITIONS, policy=may)


def may_open_attachment(user: Any, attachment: Attachment) -> bool:
    return Notice.objects.visible_to(user, VIEW).filter(pk=attachment.source_id).exists()
