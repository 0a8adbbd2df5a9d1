"""What the page of an announcement shows: its facts, its buttons, and the board once it is published."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Job
from notices.models import AudienceRule, Notice
from notices.policies import available_actions
from notices.queries import board as figures
from notices.queries.board import Board, Line
from notices.queries.board_rows import households
from notices.queries.contents import period, short_lead
from notices.queries.public import attachments_of
from notices.states import STATUS_COLOURS, Action, OwnerChannel, Reason, Status
from properties.models import Community

PAGE = 50
# Icon, dangerous or not; the names of the addresses follow from the actions.
LOOKS: dict[str, str] = {
    Action.SUBMIT: "send", Action.RECALL: "corner-down-left", Action.APPROVE: "check", Action.REJECT: "x",
    Action.PUBLISH: "speakerphone", Action.PUBLISH_URGENTLY: "flame", Action.WITHDRAW: "ban",
}  # fmt: skip
_MAIN = (Action.PUBLISH, Action.APPROVE, Action.SUBMIT)


def page_context(notice: Notice, user: Any) -> dict[str, Any]:
    channels = dict(OwnerChannel.choices)
    return {
        "notice": notice,
        "status_colour": STATUS_COLOURS[notice.status],
        "period": period(notice),
        "places": list(Community.objects.filter(pk__in=notice.community_ids).values_list("name", flat=True)),
        "channels": [str(channels.get(code, code)) for code in notice.channels],
        "rules": rules_of(notice),
        "warning": short_lead(notice),
        "page_actions": buttons(notice, user),
        "files": attachments_of(notice),
        "job": Job.objects.filter(kind="notices.materialise", args__notice=notice.pk).order_by("-pk").first(),
        "corrections": list(notice.corrections.filter(status="published")),
        "may_write": notice.is_editable and user.has_perm("notices.change_notice"),
    }


def rules_of(notice: Notice) -> list[AudienceRule]:
    return list(notice.rules.select_related("community", "building__community", "unit__building", "tag"))


def buttons(notice: Notice, user: Any) -> list[dict[str, Any]]:
    offered = available_actions(user, notice)
    main = next((action for action in _MAIN if action in offered), "")
    found = [_button(notice, action, action == main) for action in offered]
    more: list[dict[str, Any]] = []
    if notice.is_editable and user.has_perm("notices.change_notice"):
        more.append({"label": _("编辑"), "icon": "edit", "url": reverse("notices:notice_update", args=[notice.pk])})
        url = reverse("notices:notice_audience", args=[notice.pk])
        more.append({"label": _("发送范围"), "icon": "users", "url": url})
        url = reverse("notices:notice_discard", args=[notice.pk])
        more.append({"label": _("删除草稿"), "icon": "trash", "url": url, "dialog": True})
    if notice.is_frozen and user.has_perm("notices.add_notice"):
        url = reverse("notices:notice_correct", args=[notice.pk])
        more.append({"label": _("发更正通知"), "icon": "edit", "url": url, "dialog": True})
    if notice.status == Status.PUBLISHED and user.has_perm("notices.publish_notice"):
        act, label = ("unpin", _("取消置顶")) if notice.pinned else ("pin", _("置顶"))
        url = reverse(f"notices:notice_{act}", args=[notice.pk])
        more.append({"label": label, "icon": "pin", "url": url, "dialog": True})
    url = reverse("notices:notice_poster", args=[notice.pk])
    more.append({"label": _("张贴版 A4"), "icon": "printer", "url": url})
    return [*more, *(item for item in found if not item["primary"]), *(item for item in found if item["primary"])]


def _button(notice: Notice, action: str, primary: bool) -> dict[str, Any]:
    return {
        "label": Action(action).label,
        "icon": LOOKS[action],
        "url": reverse(f"notices:notice_{action}", args=[notice.pk]),
        "primary": primary,
        "dialog": True,
    }


def board_context(notice: Notice, user: Any, asked: Any) -> dict[str, Any]:
    """`asked` is the query string: which state of households, which page, and of an announcement in several communities which one."""
    show = asked.get("show", "") if asked.get("show", "") in figures.STATES else figures.UNREAD
    page = asked.get("page", "")
    number = int(page) if page.isdecimal() and 0 < int(page) < 10_000 else 1
    whole = figures.board(notice, user)
    chosen, lines = places(whole, asked.get("community", ""))
    here = (
        Board(chosen, [line for line in whole.buildings if line.community_id == chosen.community_id])
        if chosen
        else whole
    )
    total = getattr(here.total, show)
    ids = figures.unit_ids(notice, user, [show], most=PAGE, skip=(number - 1) * PAGE, counted=here)
    words = dict(Reason.choices)
    why = [(str(words.get(code, code) or _("其他")), count) for code, count in whole.reasons.most_common()]
    deliveries_url = f"{reverse('notices:delivery_list')}?notice={notice.pk}"
    within = f"&community={chosen.community_id}" if chosen else ""
    labels = (_("已读"), _("未读"), _("未送出"), _("送达失败"))
    return {
        "board": whole,
        "lines": lines,
        "chosen": chosen,
        "by_community": not chosen and len({line.community_id for line in lines}) > 1,
        "unknown": figures.unknown(notice, user),
        "unknown_url": f"{deliveries_url}&status=unknown",
        "show": show,
        "tabs": [
            {"code": code, "label": label, "count": getattr(here.total, code), "url": f"?show={code}{within}"}
            for code, label in zip(figures.STATES, labels, strict=True)
        ],
        "households": households(notice, user, ids),
        "shown_total": total,
        "page_number": number,
        "page_url": f"?show={show}{within}&page=",
        "has_next": number * PAGE < total,
        "why_failed": "，".join(f"{word} {count}" for word, count in why),
        "remaining": remaining(notice),
        "deliveries_url": deliveries_url,
        "may_resend": user.has_perm("notices.resend_delivery") and notice.status == "published",
        "may_tell": user.has_perm("notices.tell_delivery"),
    }


def places(board: Board, asked: str) -> tuple[Line | None, list[Line]]:
    """(the community that was asked for, the lines to show): of several communities one line each, else the buildings. A notice to
    a whole city has two thousand buildings, which nobody reads and which took longer to draw than to count."""
    communities = board.communities()
    if len(communities) < 2:
        return None, figures.named(board.buildings)
    figures.named(communities)
    chosen = next((line for line in communities if str(line.community_id) == asked), None)
    if chosen is None:
        return None, communities
    return chosen, figures.named([line for line in board.buildings if line.community_id == chosen.community_id])


def remaining(notice: Notice) -> str:
    """距影响开始 18 小时 20 分; "" when it has begun or nothing begins."""
    if notice.affected_from is None or notice.affected_from <= timezone.now():
        return ""
    hours, minutes = divmod(int((notice.affected_from - timezone.now()).total_seconds()) // 60, 60)
    return _("距影响开始 %(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}
