"""The page of the message channels: cards, one form a channel, a test to oneself."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.errors import BusinessError
from core.web.access import requires, user_of
from core.web.lists import crumbs
from core.web.pages import ActionView, UpdateView
from notices.channels import registry
from notices.forms.channels import ChannelForm, ChannelTestForm
from notices.models import ChannelSetting
from notices.services import channels

PERMISSION = "notices.change_channelsetting"
SYSTEM = (gettext_lazy("系统"), "")
PARENTS = (SYSTEM, (gettext_lazy("渠道设置"), "notices:channel_list"))
TEST_COLOURS = {"sent": "green", "refused": "red", "busy": "orange", "unknown": "orange"}


def card(setting: ChannelSetting) -> dict[str, Any]:
    """One channel as the page shows it."""
    spec = registry.spec_of(setting.code)
    if spec.always_on:
        word, colour = _("始终可用"), "green"
    else:
        word, colour = (_("已启用"), "green") if setting.enabled else (_("未启用"), "grey")
    host = setting.options.get("host", "") if spec.base_url is None else urlsplit(setting.base_url).netloc
    return {
        "setting": setting,
        "spec": spec,
        "word": word,
        "colour": colour,
        "host": host,
        "test_colour": TEST_COLOURS.get(setting.test_state, "grey"),
    }


@requires(PERMISSION)
@require_safe
def channel_list(request: HttpRequest) -> HttpResponse:
    rows = {row.code: row for row in ChannelSetting.objects.visible_to(user_of(request), PERMISSION)}
    title = _("渠道设置")
    page = {
        "title": title,
        "breadcrumbs": crumbs((SYSTEM,), title),
        "cards": [card(rows[spec.code]) for spec in registry.SPECS if spec.code in rows],
    }
    return render(request, "notices/channel_list.html", page)


class ChannelUpdateView(UpdateView):
    model = ChannelSetting
    permission = PERMISSION
    form_class = ChannelForm
    service = staticmethod(channels.change_channel)
    title = gettext_lazy("修改渠道设置")
    success = gettext_lazy("已保存“%(object)s”的设置")
    template_name = "notices/channel_form.html"
    keeps_drafts = False
    prepare = staticmethod(registry.to_be_set)
    breadcrumbs = PARENTS


def what_is_sent(setting: ChannelSetting) -> dict[str, Any]:
    """Where the test goes, and why it cannot."""
    spec = registry.spec_of(setting.code)
    where = {
        "user": _("您自己的消息铃"),
        "phone": _("您账号里的工作手机"),
        "email": _("下面填写的邮箱"),
        "openid": _("下面填写的微信"),
        "": _("服务器日志") if spec.always_on else _("机器人所在的群"),
    }[spec.recipient]
    page: dict[str, Any] = {
        "consequence": _("按现在保存的设置发送一条样例，结果会显示出来并记入操作日志。"),
        "consequences": [{"label": _("发到"), "value": where}],
    }
    if spec.registered and not setting.templates:
        page["blocked"] = _("还没有填写任何登记过的模板，请先在设置里填写。")
    return page


class ChannelTestView(ActionView):
    model = ChannelSetting
    permission = PERMISSION
    form_class = ChannelTestForm
    title = gettext_lazy("发送测试")
    success = gettext_lazy("测试成功：%(object)s已受理")
    consequence = staticmethod(what_is_sent)
    breadcrumbs = PARENTS

    def run(self, obj: Any, values: dict[str, Any]) -> ChannelSetting:
        """An answer that is no success stands on the form like any other refusal; it is on the card and in the log already."""
        tested: ChannelSetting = channels.send_test(obj, by=self.request.user, **values)
        if tested.test_state != ChannelSetting.Test.SENT:
            said = {"word": tested.get_test_state_display(), "note": tested.test_note}
            raise BusinessError(_("测试没有成功，%(word)s：%(note)s") % said)
        return tested
