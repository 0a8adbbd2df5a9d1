"""How each kind of message reaches me: one page of one's own."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.forms.inbox import PreferencesForm
from core.services.inbox import change_preferences
from core.web.access import ANYONE_SIGNED_IN
from core.web.pages import UpdateView


class InboxPreferencesView(UpdateView):
    permission = ANYONE_SIGNED_IN
    form_class = PreferencesForm
    title = gettext_lazy("提醒方式")
    success = gettext_lazy("提醒方式已保存")
    breadcrumbs = ((gettext_lazy("消息"), "core:inbox"),)
    keeps_drafts = False
    template_name = "core/inbox_preferences.html"

    def target(self) -> Any:
        return self.request.user

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        change_preferences(obj, by=obj, **values)
        return obj

    def next_url(self, saved: Any) -> str:
        return reverse("core:inbox_preferences")

    def cancel_url(self, obj: Any) -> str:
        return reverse("core:inbox")
