"""E-mail by SMTP, through Django's backend with the settings of this channel instead of the site's."""

import smtplib
import ssl
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.errors import BadValue
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent, Unknown
from notices.channels.http import allowed
from notices.channels.spec import Config, Section, Setting, Spec, vendor_words

BUSY_SECONDS = 300
PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def port_of(config: Config) -> int:
    return int(config.options.get("port") or PORTS[config.options.get("security") or "starttls"])


def check(config: Config) -> None:
    """Raises BadValue for a server that may not be called or a sender that is no address."""
    host = config.options.get("host", "")
    if host and not allowed(host, port_of(config)):
        raise BadValue(_("主机 %(host)s 不在允许外呼的名单里（CHANNEL_HOSTS）") % {"host": host}, field="host")
    try:
        if config.options.get("from_address"):
            validate_email(config.options["from_address"])
    except ValidationError:
        raise BadValue(_("发件地址不是有效的邮箱"), field="from_address") from None


class MailChannel:
    code = "email"
    label = lazy("邮件")

    def __init__(self, config: Config) -> None:
        self.config = config

    def _backend(self) -> EmailBackend:
        options, security = self.config.options, self.config.options.get("security") or "starttls"
        return EmailBackend(
            host=options.get("host", ""),
            port=port_of(self.config),
            username=options.get("username", ""),
            password=self.config.secrets.get("password", ""),
            use_tls=security == "starttls",
            use_ssl=security == "ssl",
            timeout=settings.CHANNEL_TIMEOUT_SECONDS,
            fail_silently=False,
        )

    def _mail(self, message: Message, backend: EmailBackend) -> EmailMessage:
        """The Message-ID repeats the request id: a mail that came twice is seen to be one."""
        sender, name = self.config.options.get("from_address", ""), self.config.options.get("from_name", "")
        domain = sender.rpartition("@")[2] or "localhost"
        return EmailMessage(
            subject=message.subject,
            body="\n\n".join(filter(None, [message.text, message.url])),
            from_email=f'"{name}" <{sender}>' if name else sender,
            to=[message.to],
            headers={"Message-ID": f"<{message.request_id}@{domain}>"},
            connection=backend,
        )

    def send(self, message: Message) -> Outcome:
        try:
            check(self.config)
            validate_email(message.to)
        except BadValue as error:
            return Refused(error.sentence)
        except ValidationError:
            return Refused(_("收件地址不是有效的邮箱"), permanent=True)
        backend = self._backend()
        try:
            backend.open()
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code, error.smtp_error, message)
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            return Refused(_("连接不上邮件服务器（%(what)s）") % {"what": type(error).__name__})
        try:
            return self._hand_over(message, backend)
        finally:
            backend.close()

    def _hand_over(self, message: Message, backend: EmailBackend) -> Outcome:
        try:
            mail = self._mail(message, backend)
            mail.send()
        except BadHeaderError:
            return Refused(_("标题或地址里有换行"), permanent=True)
        except smtplib.SMTPRecipientsRefused as error:
            return _answered(*next(iter(error.recipients.values())), message, recipient=True)
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code, error.smtp_error, message)
        except (OSError, smtplib.SMTPException) as error:
            # Cut off or silent somewhere between the first letter and the last acknowledgement.
            return Unknown(_("邮件服务器没有答完（%(what)s）") % {"what": type(error).__name__})
        return Sent(str(message.request_id))

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        return None


def _answered(code: int, words: Any, message: Message, *, recipient: bool = False) -> Outcome:
    """4xx is "later", 5xx is "no": for ever when it is about the recipient."""
    if 400 <= code < 500:
        return Busy(BUSY_SECONDS)
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return Refused(vendor_words(code, text, message.to), permanent=recipient)


SPEC = Spec(
    code="email",
    channel="email",
    label=lazy("邮件"),
    icon="mail",
    purpose=lazy("经公司邮箱发出，可带正文"),
    build=MailChannel,
    disturbs=True,
    recipient="email",
    check=check,
    sections=(
        Section(
            lazy("邮件服务器"),
            (
                Setting("host", lazy("服务器"), required=True, help=lazy("主机名须在 CHANNEL_HOSTS 名单里")),
                Setting("port", lazy("端口"), "number", help=lazy("留空按加密方式取 587、465 或 25")),
                Setting(
                    "security",
                    lazy("加密方式"),
                    "choice",
                    choices=(("starttls", "STARTTLS"), ("ssl", "SSL/TLS"), ("none", lazy("不加密"))),
                ),
                Setting("username", lazy("账号")),
                Setting("password", lazy("密码或授权码"), "secret"),
            ),
        ),
        Section(
            lazy("发件人"),
            (
                Setting("from_address", lazy("发件地址"), required=True),
                Setting("from_name", lazy("发件人名称")),
            ),
        ),
    ),
)
