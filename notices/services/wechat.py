"""An owner's WeChat account: asked for by OAuth inside WeChat's browser, bound to one owner at a time."""

import hmac
import struct
import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import blind_index, locks, log
from core.changes import save
from core.errors import BadValue, BusinessError
from notices.channels import registry, wechat
from notices.channels.http import NoAnswer, NotSent
from notices.models import ChannelSetting, WechatBinding
from owners.models import Owner
from owners.services import timeline

BOUND = log.declare("notices.wechat.bound", lazy("绑定了微信"))
UNBOUND = log.declare("notices.wechat.unbound", lazy("解绑了微信"))
STATE_SECONDS = 600
_HEAD = struct.Struct(">QQ")
_SALT = "notices.wechat.state"


def _channel() -> wechat.WechatChannel:
    setting = ChannelSetting.objects.filter(code=wechat.SPEC.code, enabled=True).first()
    if setting is None:
        raise BusinessError(_("公众号没有启用"), _("请联系物业"))
    return wechat.build(registry.config_of(setting))


def _seal(head: bytes, session: str) -> bytes:
    return salted_hmac(_SALT, head.hex() + session, secret=settings.SECRET_KEY, algorithm="sha256").digest()


def state_of(owner: Owner, session: str) -> str:
    """The state of one way to WeChat and back: for this owner, in this session, for ten minutes. Hexadecimal, because WeChat takes
    letters and digits only, at most 128."""
    head = _HEAD.pack(owner.pk, int(time.time()))
    return (head + _seal(head, session)).hex()


def check_state(state: str, owner: Owner, session: str) -> None:
    """Raises BadValue unless the state was made for this owner in this session: a stranger's code must not end up on his file."""
    try:
        raw = bytes.fromhex(state)
        head, seal = raw[: _HEAD.size], raw[_HEAD.size :]
        owner_id, at = _HEAD.unpack(head)
    except (ValueError, struct.error):
        owner_id, at, head, seal = 0, 0, b"", b""
    genuine = hmac.compare_digest(seal, _seal(head, session))
    if not genuine or owner_id != owner.pk or not 0 <= time.time() - at <= STATE_SECONDS:
        raise BadValue(_("绑定请求已失效"), _("请重新点“绑定微信”"))


def authorize_url(owner: Owner, *, redirect_uri: str, session: str) -> str:
    """Where to send the browser; `session` is any secret of the owner's session (its key)."""
    return _channel().authorize_url(redirect_uri, state_of(owner, session))


def bind_by_code(owner: Owner, *, by: Any, code: str, state: str, session: str, move: bool = False) -> WechatBinding:
    """Takes the redirect back from WeChat: checks the state, exchanges the code, binds."""
    check_state(state, owner, session)
    try:
        openid = _channel().openid_of(code)
    except (NotSent, NoAnswer) as error:
        raise BusinessError(_("微信没有确认您的身份：%(said)s") % {"said": error}, _("请重新点“绑定微信”")) from None
    return bind_wechat(owner, by=by, openid=openid, move=move)


@transaction.atomic
def bind_wechat(owner: Owner, *, by: Any, openid: str, move: bool = False) -> WechatBinding:
    """Binds an openid; what the owner had bound before ends. An openid of somebody else is refused, or taken over with `move`:
    who holds the WeChat account and the phone decides for both. Binding the same again changes nothing."""
    index = blind_index.whole("openid", openid)
    # Of two owners who bind the same account at once the second must be told of the first, and how to take it over.
    locks.hold("notices.wechat", index)
    owner = Owner.objects.select_for_update(no_key=True).get(pk=owner.pk)
    open_rows = WechatBinding.objects.select_for_update().filter(unbound_at__isnull=True)
    same = open_rows.filter(openid_index=index).first()
    if same is not None and same.owner_id == owner.pk:
        return same
    if same is not None:
        if not move:
            raise BusinessError(_("这个微信已绑定另一位住户"), _("确认要改绑，或先由那位住户解绑"), field="move")
        _end(same, by=by, how=WechatBinding.Ended.MOVED)
    before = open_rows.filter(owner=owner).first()
    if before is not None:
        _end(before, by=by, how=WechatBinding.Ended.REPLACED)
    binding = WechatBinding(owner=owner, openid=openid, openid_index=index, bound_at=timezone.now())
    save(binding)
    timeline.note_owner(owner, _("绑定了微信"))
    log.record(BOUND, owner, by=by)
    return binding


def _end(binding: WechatBinding, *, by: Any, how: str) -> None:
    binding.unbound_at, binding.ended_by = timezone.now(), how
    save(binding, ["unbound_at", "ended_by"])
    timeline.note_owner(binding.owner, _("解绑了微信"))
    log.record(UNBOUND, binding.owner, by=by, changes={"ended_by": binding.get_ended_by_display()})


@transaction.atomic
def unbind_wechat(owner: Owner, *, by: Any) -> bool:
    """Ends the owner's binding; False when there was none."""
    binding = WechatBinding.objects.select_for_update().filter(owner=owner, unbound_at__isnull=True).first()
    if binding is None:
        return False
    how = WechatBinding.Ended.STAFF if by.actor_type == "user" else WechatBinding.Ended.OWNER
    _end(binding, by=by, how=how)
    return True


def openids_of(owner_ids: list[int]) -> dict[int, str]:
    """{owner: openid} of those who have bound one, for the sender."""
    rows = WechatBinding.objects.filter(owner__in=owner_ids, unbound_at__isnull=True)
    return {row.owner_id: str(row.openid) for row in rows}
