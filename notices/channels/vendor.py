"""The base of channels behind HTTP: the four answers from what the transport says."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from notices.channels.contract import Message, Outcome, Refused, Unknown
from notices.channels.http import NoAnswer, NotSent
from notices.channels.spec import Config


class Vendor:
    """Subclasses give `deliver`, which may raise NotSent and NoAnswer, and `ask` where the vendor can be asked."""

    code: str
    label: Any

    def __init__(self, config: Config) -> None:
        self.config = config

    def deliver(self, message: Message) -> Outcome:
        raise NotImplementedError

    def ask(self, request_id: UUID, to: str, sent_on: date | None) -> Outcome | None:
        """What became of a message, by the vendor's own books."""
        return None

    def send(self, message: Message) -> Outcome:
        try:
            return self.deliver(message)
        except NotSent as error:
            return Refused(str(error))
        except NoAnswer as error:
            return Unknown(str(error))

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        try:
            return self.ask(request_id, to, sent_on)
        except (NotSent, NoAnswer) as error:
            return Unknown(str(error))

    def url(self, path: str) -> str:
        return f"{self.config.base_url.rstrip('/')}/{path.lstrip('/')}"

    def registered(self, message: Message, part: str) -> str:
        """What the settings say of the message's template; raises NotSent when it is not registered with this vendor."""
        value = self.config.templates.get(message.template, {}).get(part, "")
        if not value:
            raise NotSent(_("消息模板“%(name)s”还没有在渠道设置里登记") % {"name": message.template})
        return value
