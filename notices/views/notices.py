from django.utils.translation import gettext_lazy as _

from core.web.pages import DetailView
from notices.models import Notice

GROUP = (_("沟通"), "")


class NoticeDetail(DetailView):
    model, permission = Notice, "notices.view_notice"
    template_name = "notices/notice_detail.html"
    breadcrumbs = (GROUP,)
