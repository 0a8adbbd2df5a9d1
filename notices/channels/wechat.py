"""Template messages of a WeChat official account. The access token is shared by all processes through the database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.errors import BadValue
from notices.channels import http, templates
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent, Unknown
from notices.channels.filling import at_path, fill
from notices.channels.spec import Config, Section, Setting, Spec, vendor_words
from notices.channels.vendor import Vendor
from notices.models import AccessToken

BASE_URL = "https://api.weixin.qq.com"
AUTHORIZE_URL = "https://open.weixin.qq.com/connect/oauth2/authorize"
# Answers by number: the token is stale; try later (seconds); never to this person; this message was taken before.
STALE = frozenset({40001, 40014, 42001})
BUSY = {-1: 10, 45009: 3600, 45011: 60}
PERMANENT = frozenset({40003, 43004, 43101})
DUPLICATE = frozenset({45065})
# A token is given up five minutes early: it must outlive the call it is used in.
MARGIN = timedelta(minutes=5)
THING = 20  # longest value of a field thing1, thing2, …; longer ones are refused


def field_lines(text: str) -> dict[str, str]:
    """{keyword: text with placeholders} of lines "thing1={title}"; raises BadValue at the first line that is none."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise BadValue(_("字段须每行一个“字段名={变量名}”，如 thing1={title}"))
        found[name.strip()] = value.strip()
    return found


def check(config: Config) -> None:
    """Raises BadValue for an address the owners' browsers must not be sent to, and for lines that name no field."""
    if not (config.options.get("authorize_url") or AUTHORIZE_URL).startswith("https://"):
        raise BadValue(_("网页授权地址须以 https:// 开头"), field="authorize_url")
    for name, known in config.templates.items():
        try:
            field_lines(known.get("fields", ""))
        except BadValue as error:
            raise BadValue(error.sentence, field=f"{name}__fields") from None


def number_of(data: Any) -> int:
    """The errcode of an answer; answers without one have succeeded."""
    code = at_path(data, "errcode")
    return code if isinstance(code, int) else 0


class WechatChannel(Vendor):
    code = "wechat"
    label = lazy("微信")

    @property
    def app_id(self) -> str:
        return self.config.options.get("app_id", "")

    def token(self, *, renew: bool = False) -> str:
        """The cached token, or a new one. The stable interface gives every asker the same token, so that two workers who ask at once
        do not take it away from each other; `renew` forces another one when that token is not taken any more."""
        cached = AccessToken.objects.filter(key=self.app_id, expires_at__gt=timezone.now()).first()
        if cached is not None and not renew:
            return str(cached.token)
        asked = {
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self.config.secrets.get("app_secret"),
        }
        data = http.post_json(self.url("/cgi-bin/stable_token"), asked | {"force_refresh": renew}).json()
        token, seconds = at_path(data, "access_token"), at_path(data, "expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise http.NotSent(
                _("没有取得公众号的访问凭证：%(said)s")
                % {"said": vendor_words(number_of(data), at_path(data, "errmsg"))}
            )
        until = timezone.now() + timedelta(seconds=seconds) - MARGIN
        AccessToken.objects.update_or_create(key=self.app_id, defaults={"token": token, "expires_at": until})
        return token

    def _authorised(self, path: str, data: Any) -> http.Answer:
        """A call with the token, once more with a new token when the first was stale."""
        for renew in (False, True):
            address = f"{self.url(path)}?{urlencode({'access_token': self._token_before(renew)})}"
            answer = http.post_json(address, data)
            if answer.status != 200 or number_of(answer.json()) not in STALE:
                break
        return answer

    def _token_before(self, renew: bool) -> str:
        """Whatever goes wrong with the token, the message itself has not left."""
        try:
            return self.token(renew=renew)
        except http.NoAnswer as error:
            raise http.NotSent(_("没有取得公众号的访问凭证：%(said)s") % {"said": error}) from None

    def deliver(self, message: Message) -> Outcome:
        template = self.registered(message, "code")
        variables = templates.variables_of(message)
        lines = field_lines(self.config.templates[message.template].get("fields", ""))
        body = {
            "touser": message.to,
            "template_id": template,
            "url": message.url,
            "data": {name: {"value": _fitting(name, fill(text, variables))} for name, text in lines.items()},
            # The vendor delivers one message for an id within ten minutes; after that our own memory stands in.
            "client_msg_id": message.request_id.hex,
        }
        answer = self._authorised("/cgi-bin/message/template/send", body)
        return http.verdict(answer) or self._read(answer.json(), message.to)

    def _read(self, data: Any, to: str) -> Outcome:
        number = at_path(data, "errcode")
        if not isinstance(number, int):
            return Unknown(_("对方的回答里没有结果码"))
        if number == 0 or number in DUPLICATE:
            return Sent(str(at_path(data, "msgid") or ""))
        if number in BUSY:
            return Busy(BUSY[number])
        if number == 43004:
            return Refused(_("对方没有关注公众号"), permanent=True)
        return Refused(vendor_words(number, at_path(data, "errmsg"), to), permanent=number in PERMANENT)

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Where the owner's browser inside WeChat is sent to tell who he is (silently: snsapi_base)."""
        asked = {"appid": self.app_id, "redirect_uri": redirect_uri, "response_type": "code", "scope": "snsapi_base"}
        address = self.config.options.get("authorize_url") or AUTHORIZE_URL
        return f"{address}?{urlencode(asked | {'state': state})}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        """Exchanges the one-time code of the redirect for the openid; raises NotSent or NoAnswer with the reason."""
        asked = {"appid": self.app_id, "secret": self.config.secrets.get("app_secret", ""), "code": code}
        address = f"{self.url('/sns/oauth2/access_token')}?{urlencode(asked | {'grant_type': 'authorization_code'})}"
        data = http.call("GET", address).json()
        openid = at_path(data, "openid")
        if not isinstance(openid, str) or not openid:
            raise http.NotSent(vendor_words(number_of(data), at_path(data, "errmsg"), code))
        return openid


def _fitting(name: str, value: str) -> str:
    return value[: THING - 1] + "…" if name.startswith("thing") and len(value) > THING else value


build: Callable[[Config], WechatChannel] = WechatChannel
SPEC = Spec(
    code="wechat",
    channel="wechat",
    label=lazy("微信公众号"),
    icon="brand-wechat",
    purpose=lazy("发给在住户端绑定了微信并关注公众号的住户"),
    build=build,
    base_url=BASE_URL,
    registered=("code", "fields"),
    disturbs=True,
    recipient="openid",
    check=check,
    sections=(
        Section(
            lazy("公众号"),
            (
                Setting("app_id", "AppID", required=True),
                Setting("app_secret", "AppSecret", "secret", required=True),
                Setting(
                    "authorize_url",
                    lazy("网页授权地址"),
                    default=AUTHORIZE_URL,
                    help=lazy("住户绑定微信时浏览器打开的地址"),
                ),
            ),
        ),
    ),
)
