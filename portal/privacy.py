"""What owners are told about their data, and under which version they agree (PIPL 14, 17). A new text is a new version."""

from typing import Any

from django.utils.translation import gettext_lazy as _

VERSION = "2026-11"
# The contract, not a consent, is what this rests on: it is told, not asked.
NOT_ASKED = "service"

PURPOSES: dict[str, Any] = {
    "service": _("为您登记房屋、报修、收费和通知。这是履行物业服务合同所必需的，不需要另外同意。"),
    "optional_data": _("保存您自愿填写的家庭成员、生日和偏好，用来更贴心地服务。不同意不影响任何物业服务。"),
    "marketing": _("向您发送社区活动、便民服务和优惠信息。停水停电、收费等服务通知不受影响。"),
    "care_tag": _("为老人、孕婴、残障等家庭做关怀标记，上门和应急时优先照顾。只有负责的工作人员看得到。"),
    "sharing": _("在您需要时，把必要的联系方式提供给维保单位等第三方。每次提供前都会告诉您是谁、为了什么。"),
}
OTHER = _("具体内容以物业服务中心出示的告知书为准，不同意不影响物业服务。")


def told(code: str) -> Any:
    return PURPOSES.get(code, OTHER)
