"""Text messages over whatever HTTP gateway the company has a contract with: address, body and the reading of the answer are settings.

The text is the registered one of the message's template with its variables filled in; no message carries a text of its own here.
"""

import json
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.errors import BadValue
from notices.channels import http, templates
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent
from notices.channels.filling import at_path, fill, names_in
from notices.channels.spec import Config, Section, Setting, Spec, vendor_words
from notices.channels.vendor import Vendor

PLACES = {
    "to",
    "content",
    "code",
    "template",
    "request_id",
    "url",
    "token",
    "account",
    "secret",
    "secret2",
    "variables",
}
BODY = '{"account": "{account}", "password": "{secret}", "mobile": "{to}", "content": "{content}", "msgid": "{request_id}"}'


def header_lines(text: str) -> dict[str, str]:
    """{name: value} of lines "Name: value"; raises BadValue at the first line that is none."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not name.strip().replace("-", "").isalnum() or not name.isascii():
            raise BadValue(_("请求头须每行一个“名称: 值”"), field="headers")
        found[name.strip()] = value.strip()
    return found


def _words(text: str) -> set[str]:
    return {word.strip() for word in text.replace("，", ",").split(",") if word.strip()}


def _word(value: Any) -> str:
    """A JSON value as people write it into the setting: true, 0, OK."""
    return json.dumps(value) if isinstance(value, bool) else "" if value is None else str(value)


def check(config: Config) -> None:
    """Raises BadValue where the settings cannot make a request."""
    try:
        body = json.loads(config.options.get("body") or BODY)
    except ValueError:
        raise BadValue(_("请求内容不是有效的 JSON"), field="body") from None
    if not isinstance(body, dict):
        raise BadValue(_("请求内容须是一个 JSON 对象"), field="body")
    headers = header_lines(config.options.get("headers", ""))
    unknown = {name for name in names_in([body, *headers.values()]) - PLACES if not name.startswith("var.")}
    if unknown:
        raise BadValue(_("不认识的占位符：%(names)s") % {"names": "、".join(sorted(unknown))}, field="body")


class GatewayChannel(Vendor):
    code = "sms"
    label = lazy("短信")

    def deliver(self, message: Message) -> Outcome:
        options, values = self.config.options, self._values(message)
        body = fill(json.loads(options.get("body") or BODY), values)
        headers = {name: fill(value, values) for name, value in header_lines(options.get("headers", "")).items()}
        method, address = options.get("method") or "POST", self.url(options.get("path", ""))
        if method == "GET":
            answer = http.call("GET", f"{address}?{urlencode(body)}", headers=headers)
        elif options.get("encoding") == "form":
            headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
            answer = http.call(method, address, headers=headers, body=urlencode(body).encode())
        else:
            headers = {"Content-Type": "application/json; charset=utf-8", **headers}
            answer = http.call(method, address, headers=headers, body=json.dumps(body, ensure_ascii=False).encode())
        return http.verdict(answer) or self._read(answer, message)

    def _values(self, message: Message) -> dict[str, str]:
        variables = templates.variables_of(message)
        values = {f"var.{name}": value for name, value in variables.items()}
        values |= {name: self.config.secrets.get(name, "") for name in ("secret", "secret2")}
        return values | {
            "to": message.to,
            "content": fill(self.registered(message, "text"), variables),
            "code": self.config.templates.get(message.template, {}).get("code", ""),
            "template": message.template,
            "request_id": str(message.request_id),
            "url": variables.get("url", ""),
            "token": variables.get("token", ""),
            "account": self.config.options.get("account", ""),
            "variables": json.dumps(variables, ensure_ascii=False),
        }

    def _read(self, answer: http.Answer, message: Message) -> Outcome:
        options = self.config.options
        rule = options.get("success_path", "")
        if not rule:
            if answer.status < 300:
                return Sent()
            return Refused(_("对方拒绝（HTTP %(status)d）") % {"status": answer.status})
        data = answer.json()
        word = _word(at_path(data, rule))
        taken = _words(options.get("success_values") or "0") | _words(options.get("duplicate_values", ""))
        if word in taken and answer.status < 300:
            return Sent(_word(at_path(data, options.get("id_path") or "-"))[:80])
        if word in _words(options.get("busy_values", "")):
            return Busy(http.BUSY_SECONDS)
        said = at_path(data, options.get("reason_path") or "-")
        return Refused(
            vendor_words(word or f"HTTP {answer.status}", said, message.to),
            permanent=word in _words(options.get("permanent_values", "")),
        )


SPEC = Spec(
    code="sms_gateway",
    channel="sms",
    label=lazy("短信（HTTP 网关）"),
    icon="message-2",
    purpose=lazy("公司已有的短信服务商，按其接口文档填写"),
    build=GatewayChannel,
    base_url="",
    registered=("text", "code"),
    disturbs=True,
    recipient="phone",
    check=check,
    sections=(
        Section(
            lazy("请求"),
            (
                Setting("method", lazy("方法"), "choice", choices=(("POST", "POST"), ("GET", "GET"), ("PUT", "PUT"))),
                Setting("path", lazy("路径"), default="/", help=lazy("接在接口地址之后，如 /sms/send")),
                Setting(
                    "encoding",
                    lazy("内容格式"),
                    "choice",
                    choices=(("json", "JSON"), ("form", lazy("表单（x-www-form-urlencoded）"))),
                ),
                Setting("account", lazy("账号"), help=lazy("占位符 {account}")),
                Setting("secret", lazy("密钥"), "secret", help=lazy("占位符 {secret}")),
                Setting("secret2", lazy("第二密钥"), "secret", help=lazy("占位符 {secret2}，没有则不填")),
                Setting(
                    "body",
                    lazy("请求内容"),
                    "json",
                    default=BODY,
                    help=lazy(
                        "JSON 对象；可用 {to} {content} {code} {request_id} {url} {token} {account} {secret} {variables} 和 {var.变量名}"
                    ),
                ),
                Setting("headers", lazy("请求头"), "lines", help=lazy("每行一个“名称: 值”，值里可用同样的占位符")),
            ),
        ),
        Section(
            lazy("怎样读回答"),
            (
                Setting(
                    "success_path",
                    lazy("结果码位置"),
                    default="code",
                    help=lazy("JSON 路径，如 result.code；留空则任何 2xx 都算成功"),
                ),
                Setting("success_values", lazy("表示成功的值"), default="0", help=lazy("多个用逗号隔开")),
                Setting("id_path", lazy("消息编号位置"), default="msgid"),
                Setting("reason_path", lazy("说明文字位置"), default="message"),
                Setting("duplicate_values", lazy("表示重复提交的值"), help=lazy("同一编号已受理过，算作成功")),
                Setting("busy_values", lazy("表示太频繁的值"), help=lazy("稍后自动再试")),
                Setting("permanent_values", lazy("表示号码无效的值"), help=lazy("不再向这个号码重试")),
            ),
        ),
    ),
)
