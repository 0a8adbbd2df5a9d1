"""E-mail against an SMTP server on loopback."""

from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest

from complaints.services import enquiries, telling
from complaints.states import Voice
from core.uid import uuid7
from notices.channels import registry
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent, Unknown
from notices.models import Delivery
from notices.services import messages, sending
from tests.factories.audit import user_with
from tests.factories.channels import channel
from tests.factories.owners import OwnerFactory
from tests.factories.properties import UnitFactory
from tests.factories.talk import EnquiryFactory
from tests.support.vendor import FakeMailServer, FakeVendor, json_answer

TO = "zhou@example.test"


@pytest.fixture
def server(db: None, mail_server: FakeMailServer) -> FakeMailServer:
    channel("email", options={"host": "127.0.0.1", "port": str(mail_server.port)})
    return mail_server


def send(to: str = TO, subject: str = "停水通知", request_id: Any = None) -> Outcome:
    message = Message(
        request_id or uuid7(), to, "notice", subject=subject, text="明天停水", url="https://mulin.test/n/t/"
    )
    return registry.get("email").send(message)


def test_success_carries_subject_text_link_and_identity(server: FakeMailServer) -> None:
    request_id = uuid7()
    assert send(request_id=request_id) == Sent(str(request_id))
    mail = message_from_bytes(server.mails[0])
    assert str(make_header(decode_header(mail["Subject"]))) == "停水通知"
    assert mail["To"] == TO
    assert "service@mulin.test" in mail["From"]
    assert mail["Message-ID"] == f"<{request_id}@mulin.test>"
    assert mail.get_payload(decode=True).decode().split() == ["明天停水", "https://mulin.test/n/t/"]


def test_duplicate_sends_one_mail(server: FakeMailServer) -> None:
    request_id = uuid7()
    assert send(request_id=request_id) == send(request_id=request_id) == Sent(str(request_id))
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({"RCPT": f"550 no mailbox {TO}"}, Refused("no mailbox ***（550）", permanent=True)),
        ({"RCPT": "451 later"}, Busy(300)),
        ({"MAIL": "421 too many"}, Busy(300)),
        ({"DATA": "554 spam"}, Refused("spam（554）")),
        ({"CONNECT": "554 go away"}, Refused("go away（554）")),
        ({"CONNECT": "421 full"}, Busy(300)),
    ],
)
def test_refusals(server: FakeMailServer, replies: Any, expected: Outcome) -> None:
    server.replies = replies
    assert send() == expected
    assert server.mails == []


@pytest.mark.parametrize("after", [1.0, None])
def test_silence_after_the_last_line_is_unknown_and_not_repeated(server: FakeMailServer, after: float | None) -> None:
    """The server has the mail; its acknowledgement never came."""
    server.replies = {"END": after}
    request_id = uuid7()
    assert isinstance(send(request_id=request_id), Unknown)
    server.replies = {}
    assert isinstance(send(request_id=request_id), Unknown)
    assert len(server.mails) == 1


def test_silence_before_the_greeting_is_a_refusal(server: FakeMailServer) -> None:
    server.replies = {"CONNECT": 1.0}
    answer = send()
    assert isinstance(answer, Refused)
    assert not answer.permanent


def test_bad_addresses_headers_and_hosts(server: FakeMailServer, settings: Any) -> None:
    assert send("nobody") == Refused("收件地址不是有效的邮箱", permanent=True)
    assert send(subject="停水\r\nBcc: all@example.test") == Refused("标题或地址里有换行", permanent=True)
    settings.CHANNEL_HOSTS = []
    assert isinstance(send(), Refused)
    assert server.mails == []


class TestAnswersToQuestions:
    """What the desk answered stands behind the link; what leaves the house says that there is an answer, and about what."""

    ANSWER = "您家 3 月的物业费欠 1200 元"

    @pytest.fixture
    def asked(self, db: None) -> Any:
        unit = UnitFactory()
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit], email=TO)
        row = EnquiryFactory(unit=unit, owner=owner)
        staff = user_with("complaints.view_enquiry", "complaints.answer_enquiry", communities=[row.community])
        enquiries.answer(row, by=staff, text=self.ANSWER)
        return row

    def tell(self, row: Any, code: str) -> None:
        # Urgent, so that the hour of the day decides nothing here.
        messages.send(row.messages.get(voice=Voice.STAFF), unit=row.unit, owners=[row.owner], urgent=True)
        sent = sending.deliver_next(code, registry.get(code))
        assert (sent.source_type, Delivery.objects.get().status) == (telling.SOURCE, "sent")

    def test_a_mail_names_the_topic_and_carries_the_link(self, asked: Any, server: FakeMailServer) -> None:
        self.tell(asked, "email")
        mail = message_from_bytes(server.mails[0])
        said, link = mail.get_payload(decode=True).decode().split()
        assert said == "您关于“车位与车辆”的在线咨询有了答复，请打开下面的链接查看。"
        assert "/" in link and self.ANSWER not in str(make_header(decode_header(mail["Subject"])))

    def test_a_text_message_is_filled_from_its_variables(self, asked: Any, vendor: FakeVendor) -> None:
        texts = {telling.TEMPLATE: {"code": "SMS_3", "text": "{community}：{matter}有了答复（{time}）{url}"}}
        channel("sms_gateway", vendor.url, templates=texts)
        vendor.answers("/sms/send", json_answer({"code": 0}))
        self.tell(asked, "sms")
        said = vendor.seen[0].json["content"]
        assert said.startswith(f"{asked.community.name[:20]}：车位与车辆有了答复（") and "1200" not in said
