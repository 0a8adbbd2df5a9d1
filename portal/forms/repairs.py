"""Repairs: what is wrong, when somebody may come; more words later; taking it back; having it done again."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.base import PortalForm
from workorders.forms.after import OwnerRateForm
from workorders.forms.fields import FilesField, PhoneField
from workorders.models.orders import DESCRIPTION_LENGTH
from workorders.queries.visits import slot_by, visit_slots
from workorders.services.intake import MOST_PHOTOS

NOT_NOW, AT_ONCE = "", "hurry"
HURRY = [(NOT_NOW, _("不急，按预约或正常安排")), (AT_ONCE, _("急，正在漏水、没电或进不了门"))]


def area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "form-control po-area"} | attrs)


def photos(**options: Any) -> FilesField:
    field = FilesField(most=MOST_PHOTOS, **options)
    field.widget.attrs = {"accept": "image/*", "multiple": True, "class": "po-file"}
    return field


class RepairForm(PortalForm):
    """`key` was made with the page: however often it is sent, it is one order."""

    description = forms.CharField(
        label=_("说说情况"), min_length=2, max_length=DESCRIPTION_LENGTH,
        widget=area(4, placeholder=_("如：洗菜池下面的阀门一直滴水，柜子底板泡坏了")),
        help_text=_("最多 500 字"),
        error_messages={"min_length": _("请写得具体一点"), "max_length": _("最多 500 字，请写短一些")},
    )  # fmt: skip
    detail = forms.CharField(
        label=_("具体位置"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("如：厨房、主卫、2 楼电梯口"), "autocomplete": "off"}),
    )  # fmt: skip
    hurry = forms.ChoiceField(label=_("急不急"), choices=HURRY, required=False, widget=forms.RadioSelect)
    visit = forms.ChoiceField(
        label=_("什么时候方便上门"), required=False, help_text=_("服务时间内可约，不选由物业和您电话约")
    )
    photos = photos(label=_("照片"), help_text=_("最多 9 张，拍下坏的地方，师傅好带齐工具"))
    phone = PhoneField(label=_("联系电话"))
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, community: Any, known_phone: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("hurry", NOT_NOW)
        self.initial["key"] = secrets.token_urlsafe(18)
        visits: Any = self.fields["visit"]
        visits.choices = [("", _("不约时间")), *visit_slots(community)]
        visits.error_messages["invalid_choice"] = _("这个时段已过或不能约，请另选")
        if known_phone:
            self.fields["phone"].widget.attrs["placeholder"] = known_phone
            self.fields["phone"].help_text = _("不填就打登记的这个号码；用别的号码请改写")
        else:
            self.fields["phone"].required = True

    def clean_visit(self) -> Any:
        value = self.cleaned_data["visit"]
        return slot_by(value) if value else None

    def clean_hurry(self) -> bool:
        return bool(self.cleaned_data["hurry"] == AT_ONCE)


class RemarkForm(PortalForm):
    text = forms.CharField(label=_("补充说明"), max_length=300, required=False, widget=area(2))
    photos = photos(label=_("补照片"), help_text=_("一次最多 9 张"))


class CancelForm(PortalForm):
    detail = forms.CharField(
        label=_("为什么不修了"), max_length=100, widget=area(2, placeholder=_("如：已经自己修好了"))
    )


class ReworkForm(PortalForm):
    reason = forms.CharField(label=_("哪里没修好"), max_length=200, widget=area(3, placeholder=_("如：又开始漏水了")))


class RateForm(OwnerRateForm):
    """The same questions as behind the personal link."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, user=None, **options)
