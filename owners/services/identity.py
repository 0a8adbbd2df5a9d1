"""Identity numbers and phones on their way into a file: normalised, indexed, one number for one person."""

from typing import Any

from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as StdnumError

from core import blind_index
from core.errors import BadValue, BusinessError
from core.masking import mask_id_number
from core.normalise import clean_text, is_placeholder_id, is_placeholder_phone, normalise_id_number, normalise_phone
from owners.models import IdType, Owner, OwnerKind


def default_id_type(kind: str) -> str:
    return IdType.CREDIT_CODE if kind == OwnerKind.ORGANISATION else IdType.ID_CARD


def normal_id_number(id_type: str, text: str) -> str:
    """The canonical form of an identity number of any kind; '' stays ''."""
    if not text.strip():
        return ""
    if is_placeholder_id(text):
        raise BadValue(_("这个证件号是占位号码"), _("不知道就留空，档案会显示资料不全"), field="id_number")
    try:
        if id_type == IdType.ID_CARD:
            return normalise_id_number(text)
        if id_type == IdType.CREDIT_CODE:
            return uscc.validate(clean_text(text).upper())
    except BadValue as error:
        raise BadValue(error.sentence, error.fix, field="id_number") from None
    except StdnumError:
        raise BadValue(_("统一社会信用代码不正确"), _("应为 18 位，请对照营业执照核对"), field="id_number") from None
    number = clean_text(text).upper().replace(" ", "")
    if not 5 <= len(number) <= 20 or not number.isascii() or not number.isalnum():
        raise BadValue(_("证件号应为 5 至 20 位字母和数字"), field="id_number")
    return number


def set_id_number(owner: Owner, number: str) -> None:
    owner.id_number = number
    owner.id_index = blind_index.whole("id_number", number)
    owner.id_last4 = blind_index.last4("id_number", number)


def refuse_taken_id_number(number: str, *, by: Any, besides: int | None = None) -> None:
    """One identity number, one file. Who holds it is told only to those who may see him."""
    if not number:
        return
    holders = Owner.objects.filter(id_index=blind_index.whole("id_number", number))
    other = (holders if besides is None else holders.exclude(pk=besides)).first()
    if other is None:
        return
    if may_see(by, other):
        raise BusinessError(
            _("证件号 %(number)s 已登记在%(owner)s名下") % {"number": mask_id_number(number), "owner": other},
            _("请使用已有档案，或核对号码"),
            field="id_number",
        )
    raise BusinessError(
        _("证件号 %(number)s 已登记在另一位住户名下，不在您的数据范围内") % {"number": mask_id_number(number)},
        _("请联系档案管理员核对"),
        field="id_number",
    )


def may_see(actor: Any, owner: Owner) -> bool:
    """Whether the actor may open this file; the system sees all."""
    if actor.actor_type != "user":
        return bool(actor.actor_type == "system")
    return Owner.objects.visible_to(actor, "owners.view_owner").filter(pk=owner.pk).exists()


def normal_phone(text: str, field: str = "") -> str:
    if is_placeholder_phone(text):
        raise BadValue(_("这个电话是占位号码"), _("不知道就留空，档案会显示资料不全"), field=field)
    try:
        return normalise_phone(text)
    except BadValue as error:
        raise BadValue(_("电话%(problem)s") % {"problem": error.sentence}, error.fix, field=field) from None
