"""A browser's own description in words an owner knows: 微信，iPhone."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

# The first mark that is found counts: WeChat names the browser it is built on as well.
_PROGRAMS = (
    ("MicroMessenger", lazy("微信")),
    ("AlipayClient", lazy("支付宝")),
    ("DingTalk", lazy("钉钉")),
    ("QQBrowser", lazy("QQ 浏览器")),
    ("UCBrowser", lazy("UC 浏览器")),
    ("Edg/", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("OpenHarmony", lazy("鸿蒙手机")),
    ("HarmonyOS", lazy("鸿蒙手机")),
    ("Android", lazy("安卓手机")),
    ("Windows", lazy("Windows 电脑")),
    ("Macintosh", lazy("苹果电脑")),
    ("Linux", lazy("Linux 电脑")),
)


def device_words(agent: str) -> str:
    """Program and machine; 未知设备 when neither is known."""
    found = [next((str(word) for mark, word in words if mark in agent), "") for words in (_MACHINES, _PROGRAMS)]
    return _("，").join(word for word in found if word) or _("未知设备")
