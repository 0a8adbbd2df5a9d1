"""What the robots of staff rooms share: a text into the room whose address is the secret."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from notices.channels import http
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent, Unknown
from notices.channels.filling import at_path
from notices.channels.spec import vendor_words
from notices.channels.vendor import Vendor


class Robot(Vendor):
    """`number_path`, `words_path`: where the answer carries its number and its sentence; `busy` the numbers for "too fast".

    The vendors know no request id: that nobody is told twice is up to our own memory (notices.channels.memory)."""

    number_path = "errcode"
    words_path = "errmsg"
    busy: Mapping[int, int] = {}

    def address(self) -> str:
        raise NotImplementedError

    def body(self, text: str) -> Any:
        raise NotImplementedError

    def deliver(self, message: Message) -> Outcome:
        text = "\n".join(filter(None, [message.subject, message.text, message.url]))
        answer = http.post_json(self.address(), self.body(text))
        return http.verdict(answer) or self._read(answer.json())

    def _read(self, data: Any) -> Outcome:
        number = at_path(data, self.number_path)
        if not isinstance(number, int):
            return Unknown(_("对方的回答里没有结果码"))
        if number == 0:
            return Sent()
        if number in self.busy:
            return Busy(self.busy[number])
        return Refused(vendor_words(number, at_path(data, self.words_path)))
