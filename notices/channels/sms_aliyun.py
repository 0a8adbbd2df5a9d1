"""Text messages by Aliyun (API 2017-05-25): a registered template code with variables and the token of the signed link.

Signature version 3, ACS3-HMAC-SHA256: the canonical request is hashed, the hash signed with the access key's secret.
"""

import hashlib
import hmac
import json
import secrets as random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notices.channels import http, templates
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent, Unknown
from notices.channels.filling import at_path
from notices.channels.spec import Section, Setting, Spec, vendor_words
from notices.channels.vendor import Vendor

ALGORITHM, VERSION = "ACS3-HMAC-SHA256", "2017-05-25"
EMPTY = hashlib.sha256(b"").hexdigest()
PERMANENT = frozenset({"isv.MOBILE_NUMBER_ILLEGAL"})
# The vendor's own limits: too many to one number, too many calls, its system out of order ("call again").
BUSY = {"isv.BUSINESS_LIMIT_CONTROL": 60, "isp.SYSTEM_ERROR": 30, "isp.GATEWAY_ERROR": 30}
PAGE, MOST_PAGES = 50, 4
FAILED = 2


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def query_string(params: Mapping[str, str]) -> str:
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in sorted(params.items()))


def authorization(
    method: str, path: str, query: str, headers: Mapping[str, str], *, key_id: str, secret: str, payload: str = EMPTY
) -> str:
    """The Authorization header over the given (lower-case) headers, all of which are signed."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = "\n".join([method, path, query, lines, names, payload])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), "sha256").hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


class AliyunChannel(Vendor):
    code = "sms"
    label = lazy("短信")

    def _call(self, action: str, params: Mapping[str, str]) -> http.Answer:
        url, query = self.url("/"), query_string(params)
        headers = {
            "host": urlsplit(url).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": EMPTY,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": random.token_hex(16),
            "x-acs-version": VERSION,
        }
        headers["authorization"] = authorization(
            "POST",
            "/",
            query,
            headers,
            key_id=self.config.options.get("access_key_id", ""),
            secret=self.config.secrets.get("access_key_secret", ""),
        )
        return http.call("POST", f"{url}?{query}", headers=headers)

    def deliver(self, message: Message) -> Outcome:
        # Addresses are refused in variables (isv.PARAM_NOT_SUPPORT_URL): the registered text holds all but the token.
        known = templates.get(message.template)
        wanted = {*(known.sample if known else ()), "token"}
        variables = {name: value for name, value in templates.variables_of(message).items() if name in wanted}
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": message.to,
                "SignName": self.config.options.get("sign_name", ""),
                "TemplateCode": self.registered(message, "code"),
                "TemplateParam": json.dumps(variables, ensure_ascii=False),
                "OutId": str(message.request_id),
            },
        )
        return http.verdict(answer) or self._read(answer.json(), message.to)

    def _read(self, data: Any, to: str) -> Outcome:
        code = str(at_path(data, "Code") or "")
        if code == "OK":
            return Sent(str(at_path(data, "BizId") or ""))
        if code in BUSY or code.startswith("Throttling"):
            return Busy(BUSY.get(code, http.BUSY_SECONDS))
        if not code:
            return Unknown(_("对方的回答里没有结果码"))
        return Refused(vendor_words(code, at_path(data, "Message"), to), permanent=code in PERMANENT)

    def ask(self, request_id: UUID, to: str, sent_on: date | None) -> Outcome | None:
        """Looks the request id (OutId) up among the messages to this number on that day; None without a number to ask for."""
        if not to:
            return None
        day = (sent_on or timezone.localdate()).strftime("%Y%m%d")
        for page in range(1, MOST_PAGES + 1):
            found = {"PhoneNumber": to, "SendDate": day, "PageSize": str(PAGE), "CurrentPage": str(page)}
            answer = self._call("QuerySendDetails", found)
            data = answer.json()
            if answer.status != 200 or at_path(data, "Code") != "OK":
                return Unknown(vendor_words(at_path(data, "Code") or answer.status, at_path(data, "Message"), to))
            rows = at_path(data, "SmsSendDetailDTOs.SmsSendDetailDTO") or []
            for row in rows:
                if at_path(row, "OutId") == str(request_id):
                    return self._found(row)
            if len(rows) < PAGE:
                break
        return Unknown(_("对方的发送记录里查不到这条短信"))

    def _found(self, row: Any) -> Outcome:
        if at_path(row, "SendStatus") == FAILED:
            return Refused(vendor_words(at_path(row, "ErrCode") or FAILED, ""))
        return Sent()


SPEC = Spec(
    code="sms_aliyun",
    channel="sms",
    label=lazy("短信（阿里云）"),
    icon="message",
    purpose=lazy("阿里云短信服务：按登记的签名和模板发送，可向对方查询结果"),
    build=AliyunChannel,
    base_url="https://dysmsapi.aliyuncs.com",
    registered=("code",),
    disturbs=True,
    recipient="phone",
    sections=(
        Section(
            lazy("账号"),
            (
                Setting("access_key_id", "AccessKey ID", required=True),
                Setting("access_key_secret", "AccessKey Secret", "secret", required=True),
                Setting("sign_name", lazy("短信签名"), required=True, help=lazy("在阿里云登记通过的签名")),
            ),
        ),
    ),
)
