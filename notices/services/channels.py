"""Setting channels up, trying them out, and the one-time codes of the owners' door."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log, rate_limit
from core.changes import assign, save
from core.errors import BadValue, BusinessError
from core.masking import mask_all, mask_email, mask_phone, mask_tail
from core.uid import uuid7
from notices.channels import http, memory, registry, templates
from notices.channels.console import SPEC as CONSOLE
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent
from notices.channels.spec import Config, Spec
from notices.models import ChannelSetting

CHANGED = log.declare("notices.channel.changed", lazy("修改了渠道设置"))
TESTED = log.declare("notices.channel.tested", lazy("发送了渠道测试"))
CODE_MINUTES = 5
TESTS_AN_HOUR = 10
# One of these stands in every registered text that advertises.
WAYS_OUT = ("{opt_out", "退订", "拒收")


def seed_channels() -> None:
    """A row for every channel there is, so that the page has its cards; what is set stays."""
    known = set(ChannelSetting.objects.values_list("code", flat=True))
    for spec in registry.SPECS:
        if spec.code not in known:
            ChannelSetting.objects.create(
                code=spec.code,
                channel=spec.channel,
                enabled=spec.always_on,
                base_url=spec.base_url or "",
                rate_per_second=Decimal(spec.rate),
            )


@transaction.atomic
def change_channel(
    setting: ChannelSetting,
    *,
    by: Any,
    enabled: bool,
    rate_per_second: Decimal,
    base_url: str = "",
    **values: Any,
) -> ChannelSetting:
    """Changes one channel. `values` holds its settings by name, "template__part" for each registered template, and "remove_<secret>";
    an empty secret means the stored one. Secrets reach the log as "there was one, there is one". Raises BadValue beside the field."""
    setting = ChannelSetting.objects.select_for_update().get(pk=setting.pk)
    spec = registry.spec_of(setting.code)
    old = registry.config_of(setting)
    new = Config(
        base_url.strip() if spec.base_url is not None else "",
        {row.name: str(values.get(row.name) or "") for row in spec.settings if row.kind != "secret"},
        _secrets(spec, old.secrets, values),
        _templates(spec, values),
    )
    _check(spec, new, enabled)
    changes = assign(setting, {"enabled": enabled, "base_url": new.base_url, "rate_per_second": rate_per_second})
    changes |= _differences(old.options, new.options) | _differences(_flat(old.templates), _flat(new.templates))
    changes |= {
        name: [mask_all(pair[0]), mask_all(pair[1])] for name, pair in _differences(old.secrets, new.secrets).items()
    }
    if not changes:
        return setting
    setting.options, setting.templates = dict(new.options), dict(new.templates)
    setting.secrets = json.dumps(new.secrets) if new.secrets else ""
    setting.updated_at = timezone.now()
    save(setting)
    log.record(CHANGED, setting, by=by, changes=changes)
    return setting


def _secrets(spec: Spec, stored: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    kept = {}
    for row in spec.secrets:
        value = str(values.get(row.name) or "") or (
            "" if values.get(f"remove_{row.name}") else stored.get(row.name, "")
        )
        if value:
            kept[row.name] = value
    return kept


def _templates(spec: Spec, values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Only templates of which something is told."""
    found = {}
    for template in templates.declared(spec.channel):
        parts = {part: str(values.get(f"{template.name}__{part}") or "") for part in spec.registered}
        if any(parts.values()):
            found[template.name] = parts
    return found


def _flat(known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {f"{name}__{part}": value for name, parts in known.items() for part, value in parts.items()}


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, list[str]]:
    pairs = {name: [old.get(name, ""), new.get(name, "")] for name in (*old, *new)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _check(spec: Spec, config: Config, enabled: bool) -> None:
    if config.base_url:
        try:
            http.check(config.base_url)
        except http.NotSent as error:
            raise BadValue(str(error), field="base_url") from None
    if spec.check is not None:
        spec.check(config)
    advert = config.templates.get("promotion", {}).get("text", "")
    if advert and not any(word in advert for word in WAYS_OUT):
        raise BadValue(
            _("营销信息里要写明怎样退订"), _("加上 {opt_out_url}，或服务商要求的“拒收请回复”"), field="promotion__text"
        )
    if not enabled:
        return
    if spec.base_url is not None and not config.base_url:
        raise BadValue(_("启用前请填写接口地址"), field="base_url")
    for row in spec.settings:
        if row.required and not (config.secrets if row.kind == "secret" else config.options).get(row.name):
            raise BadValue(_("启用前请填写%(name)s") % {"name": row.label}, field=row.name)


def result_words(outcome: Outcome) -> tuple[str, str]:
    """(state of ChannelSetting.Test, what to add to its word)."""
    if isinstance(outcome, Sent):
        return ChannelSetting.Test.SENT, _("消息编号 %(id)s") % {"id": outcome.vendor_id} if outcome.vendor_id else ""
    if isinstance(outcome, Busy):
        return ChannelSetting.Test.BUSY, _("请 %(n)d 秒后再试") % {"n": outcome.retry_after_seconds}
    state = ChannelSetting.Test.REFUSED if isinstance(outcome, Refused) else ChannelSetting.Test.UNKNOWN
    return state, outcome.reason


def own_address(spec: Spec, user: Any, to: str = "") -> str:
    """Where a test goes: to oneself. Only addresses the account does not know are typed. Raises BusinessError when there is none."""
    if spec.recipient == "user":
        return f"user:{user.pk}"
    if spec.recipient == "phone":
        if not user.mobile:
            raise BusinessError(_("您的账号没有填写工作手机"), _("请先在“人员与账号”里补上"))
        return str(user.mobile)
    if spec.recipient and not to:
        raise BadValue(_("请填写收件人"), field="to")
    return to if spec.recipient else ""


def _masked(spec: Spec, to: str) -> str:
    if spec.recipient in {"user", ""}:
        return to
    if spec.recipient == "phone":
        return mask_phone(to)
    return mask_email(to) if spec.recipient == "email" else mask_tail(to, 3, 3)


def send_test(setting: ChannelSetting, *, by: Any, to: str = "", template: str = "") -> ChannelSetting:
    """Sends a sample to oneself, enabled or not; the answer stands on the setting and in the log. Not one transaction: what has
    left cannot be taken back."""
    spec = registry.spec_of(setting.code)
    to = own_address(spec, by, to)
    rate_limit.require(f"channel-test:{by.pk}", capacity=TESTS_AN_HOUR, seconds=3600, sentence=_("测试次数太多"))
    known = templates.get(template)
    sample = {name: str(value) for name, value in known.sample.items()} if known else {}
    message = Message(
        request_id=uuid7(),
        to=to,
        template=template,
        variables=sample | {"token": "test"},
        subject=_("渠道测试"),
        text=_("这是 %(name)s 在“渠道设置”发出的测试消息，收到即表示设置正确。") % {"name": by.display_name},
    )
    state, note = result_words(registry.Guarded(setting).send(message))
    with transaction.atomic():
        setting.tested_at, setting.test_state, setting.test_note = timezone.now(), state, note[:160]
        setting.save(update_fields=["tested_at", "test_state", "test_note"])
        result = f"{ChannelSetting.Test(state).label} {note}".strip()
        log.record(TESTED, setting, by=by, changes={"to": _masked(spec, to), "result": result})
    return setting


def send_text_code(phone: str, code: str, *, request_id: UUID) -> Outcome:
    """Sends a one-time code of the owners' sign-in. Without an SMS provider the demo sends it nowhere (the page shows it), a
    production system refuses."""
    channel = registry.get("sms")
    if isinstance(channel, registry.Absent) and not settings.PRODUCTION:
        channel = CONSOLE.build(Config())
    variables = {"code": code, "minutes": str(CODE_MINUTES)}
    return channel.send(Message(request_id=request_id, to=phone, template="login_code", variables=variables))


def purge_requests() -> int:
    """Forgets messages handed over more than 30 days ago; vendors do not answer for older ones either."""
    return memory.purge()
