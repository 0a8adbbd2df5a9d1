"""The owners' door: a code to the phone, then a session on the device (SECURITY 6.*, 7.*).

Asking for a code takes the same steps whether the number is known or not: nobody is looked up in the request. Who is behind the
number is asked when the code is carried (a job) and, after the right code, of somebody who holds the phone.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import blind_index, log, rate_limit
from core.actors import SYSTEM
from core.errors import BadValue, BusinessError, QuotaExceeded
from core.masking import mask_phone
from core.normalise import clean_text
from core.services.jobs import enqueue
from owners import code_sender
from owners.models import Owner, OwnerLoginCode, OwnerSession
from owners.queries.sign_in import code_by, living_sessions, owners_behind, units_of
from owners.services.identity import normal_phone
from properties.models import Unit

SIGNED_IN = log.declare("owners.owner.signed_in", lazy("住户登录"))
SIGNED_OUT = log.declare("owners.owner.signed_out", lazy("住户退出登录"))
SIGNED_OUT_EVERYWHERE = log.declare("owners.owner.signed_out_everywhere", lazy("住户退出所有设备"))
CODE_SPENT = log.declare("owners.logincode.spent", lazy("验证码多次输错已作废"), personal={"phone": mask_phone})

SEND_CODE = "owners.send_login_code"
CODE_VALID = timedelta(minutes=5)
MOST_TRIES = 5
# After the right code there is this long to say who one is.
CHOOSE_WITHIN = timedelta(minutes=10)
# The session row is written at most once a minute, so that reading pages does not mean writing rows.
TOUCH_AFTER = timedelta(minutes=1)
KEEP_CODES, KEEP_SESSIONS = timedelta(days=1), timedelta(days=180)


@dataclass(frozen=True)
class Asked:
    """`token` goes into the browser's cookie. `shown_code` is for the demonstration's page only, and empty in production."""

    token: str
    shown_code: str = ""


def digest(token: str) -> bytes:
    return hashlib.sha256(token[:100].encode()).digest()


def _code_hash(row: OwnerLoginCode, code: str) -> bytes:
    """Keyed: a million codes are tried in a second by whoever has nothing but the table."""
    return salted_hmac("owners.login_code", f"{row.uid}:{code}", algorithm="sha256").digest()


def mobile(text: str) -> str:
    """The number a code can be sent to."""
    number = normal_phone(text, "phone")
    if not (number.startswith("+") or (len(number) == 11 and number.startswith("1"))):
        raise BadValue(_("请填写手机号"), _("固定电话收不到验证码"), field="phone")
    return number


# --- A code ------------------------------------------------------------------------------------------------------------
def request_code(text: str, *, ip: str | None) -> Asked:
    """Makes room for a code to this number and has it carried. Raises BadValue or QuotaExceeded, never for an unknown number."""
    number = mobile(text)
    index = blind_index.whole("phone", number)
    assert index is not None  # only a blank number has none
    _take_requests(index.hex(), ip)
    token = secrets.token_urlsafe(32)
    row = OwnerLoginCode(token_hash=digest(token), phone=number, phone_index=index)
    row.expires_at = timezone.now() + CODE_VALID
    with transaction.atomic():
        row.save()
        if settings.PRODUCTION:
            # Carried by a worker: a vendor who answers slowly for numbers that exist would tell which ones do.
            enqueue(SEND_CODE, by=SYSTEM, args={"code": row.pk}, visible=False)
    return Asked(token, "" if settings.PRODUCTION else carry_code(row.pk))


def request_again(token: str, *, ip: str | None) -> Asked:
    """Another code for the number this browser has given before."""
    row = code_by(digest(token), created_at__gt=timezone.now() - KEEP_CODES)
    if row is None or not row.phone:
        raise BusinessError(_("请重新填写手机号"))
    return request_code(row.phone, ip=ip)


def _take_requests(index: str, ip: str | None) -> None:
    """The address first: whoever asks for other people's numbers empties his own bucket before theirs."""
    rate_limit.require(f"owner-code:ip:{ip}", capacity=30, seconds=3600, sentence=_("这个网络获取验证码太频繁"))
    if not rate_limit.take(f"owner-code:minute:{index}", capacity=1, seconds=60):
        raise QuotaExceeded(_("验证码刚刚发过"), _("请 1 分钟后再获取"))
    for span, capacity, seconds in (("hour", 5, 3600), ("day", 10, 86_400)):
        if not rate_limit.take(f"owner-code:{span}:{index}", capacity=capacity, seconds=seconds):
            raise QuotaExceeded(_("这个手机号获取验证码次数过多"), _("请过一会儿再试，或致电物业服务中心"))


def carry_code(code_id: int) -> str:
    """Makes the code and sends it, once: the row is claimed first, so that a job that runs twice sends nothing twice. A worker that
    dies in between costs the person a second request. Numbers nobody has get a code too, and no message."""
    code = f"{secrets.randbelow(10**6):06d}"
    row = OwnerLoginCode.objects.filter(pk=code_id, issued_at__isnull=True, expires_at__gt=timezone.now()).first()
    if row is None:
        return ""
    claimed = OwnerLoginCode.objects.filter(pk=row.pk, issued_at__isnull=True)
    if not claimed.update(issued_at=timezone.now(), code_hash=_code_hash(row, code)):
        return ""
    if owners_behind(bytes(row.phone_index)).exists():
        code_sender.send(row.phone, code, request_id=row.uid)
    return code


def check_code(token: str, code: str, *, ip: str | None) -> OwnerLoginCode:
    """The proven row, for choosing who one is. A try is counted before it is compared, so that two at once count as two."""
    rate_limit.require(f"owner-try:ip:{ip}", capacity=60, seconds=3600, sentence=_("尝试次数过多"))
    row = code_by(digest(token))
    open_rows = OwnerLoginCode.objects.filter(
        pk=row.pk if row is not None else 0, proved_at__isnull=True, tries__lt=MOST_TRIES, expires_at__gt=timezone.now()
    )
    if row is None or not open_rows.update(tries=F("tries") + 1):
        raise BusinessError(_("验证码已失效"), _("请重新获取"), field="code")
    row.refresh_from_db()
    right = constant_time_compare(bytes(row.code_hash), _code_hash(row, clean_text(code).replace(" ", "")))
    if not right or not OwnerLoginCode.objects.filter(pk=row.pk, proved_at__isnull=True).update(
        proved_at=timezone.now()
    ):
        raise _wrong(row)
    row.refresh_from_db()
    return row


def _wrong(row: OwnerLoginCode) -> BusinessError:
    left = MOST_TRIES - row.tries
    if left:
        return BusinessError(_("验证码不对，还可以再试 %(left)d 次") % {"left": left}, field="code")
    log.record(CODE_SPENT, None, by=SYSTEM, changes={"phone": row.phone})
    return BusinessError(_("验证码输错 5 次，已作废"), _("请重新获取"), field="code")


# --- A session ---------------------------------------------------------------------------------------------------------
def proven_code(token: str) -> OwnerLoginCode | None:
    """What a right code has opened in this browser, until it is used."""
    return code_by(digest(token), proved_at__gt=timezone.now() - CHOOSE_WITHIN)


def people_of(row: OwnerLoginCode) -> list[Owner]:
    return list(owners_behind(bytes(row.phone_index)))


@transaction.atomic
def open_session(row: OwnerLoginCode, owner: Owner, *, ip: str | None, user_agent: str) -> tuple[OwnerSession, str]:
    """A new session for one of the people behind the proven number, and its token. A code opens one session."""
    if owner not in people_of(row):
        raise BusinessError(_("这个手机号下没有这位住户"))
    claimed = OwnerLoginCode.objects.filter(pk=row.pk, proved_at__isnull=False, used_at__isnull=True)
    if not claimed.update(used_at=timezone.now(), phone=""):
        raise BusinessError(_("验证码已使用"), _("请重新获取"))
    token, now = secrets.token_urlsafe(32), timezone.now()
    session = OwnerSession(
        owner=owner, token_hash=digest(token), phone_index=row.phone_index, unit=units_of(owner)[0], ip=ip,
        user_agent=user_agent[:200], started_at=now, seen_at=now, expires_at=now + settings.OWNER_SESSION_ABSOLUTE,
    )  # fmt: skip
    session.save(force_insert=True)
    facts = {"device": session.device}
    log.record(SIGNED_IN, owner, by=session, changes=facts, community_id=session.unit and session.unit.community_id)
    return session, token


def touch(session: OwnerSession) -> None:
    now = timezone.now()
    if now - session.seen_at > TOUCH_AFTER:
        OwnerSession.objects.filter(pk=session.pk).update(seen_at=now)


def choose_unit(session: OwnerSession, unit: Unit) -> None:
    """From now on this device shows this unit. Only one's own: the caller takes it from units_of()."""
    OwnerSession.objects.filter(pk=session.pk).update(unit=unit)


@transaction.atomic
def end_session(session: OwnerSession, *, by: Any) -> OwnerSession:
    """Signs one device out; a second time changes nothing."""
    if OwnerSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        log.record(SIGNED_OUT, session.owner, by=by, changes={"device": session.device})
    return session


@transaction.atomic
def end_all_sessions(owner: Owner, *, by: Any) -> int:
    """Signs a person out on every device; the next request of each leads to the door."""
    count = living_sessions().filter(owner=owner).count()
    OwnerSession.objects.filter(owner=owner, ended_at__isnull=True).update(ended_at=timezone.now())
    log.record(SIGNED_OUT_EVERYWHERE, owner, by=by, changes={"devices": count})
    return count


def purge(now: datetime | None = None) -> dict[str, int]:
    """Codes after a day, sessions half a year after their end (how long sign-ins have to be traceable)."""
    moment = now or timezone.now()
    codes = OwnerLoginCode.objects.filter(created_at__lt=moment - KEEP_CODES).delete()[0]
    sessions = OwnerSession.objects.filter(expires_at__lt=moment - KEEP_SESSIONS).delete()[0]
    return {"codes": codes, "sessions": sessions}
