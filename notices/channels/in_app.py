"""Inside the house: the bell of a colleague, or the owner's portal, which shows what was delivered to him by itself."""

from datetime import date
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.models import InboxItem
from core.services.inbox import notify
from notices.channels.contract import Message, Outcome, Refused, Sent
from notices.channels.spec import Config, Spec


def _key(request_id: UUID) -> str:
    return f"message:{request_id}"


class InAppChannel:
    code = "in_app"
    label = lazy("站内")

    def __init__(self, config: Config) -> None:
        self.config = config

    def send(self, message: Message) -> Outcome:
        kind, _colon, key = message.to.partition(":")
        if kind == "owner":
            return Sent()
        user = get_user_model()._default_manager.filter(pk=int(key) if key.isdecimal() else 0, is_active=True).first()
        if kind != "user" or user is None:
            return Refused(_("没有这个收件人"), permanent=True)
        notify(user, message.subject or message.text, url=message.url, dedup_key=_key(message.request_id))
        return Sent()

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        return Sent() if InboxItem.objects.filter(dedup_key=_key(request_id)).exists() else None


SPEC = Spec(
    code="in_app",
    channel="in_app",
    label=lazy("站内消息"),
    icon="bell",
    purpose=lazy("员工的消息铃和住户端的通知"),
    build=InAppChannel,
    recipient="user",
    always_on=True,
)
