"""Ready texts by type of announcement."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import assign, save
from core.models import DictItem
from notices.models import NoticeTemplate
from notices.seeds import TEMPLATES

CREATED = log.declare("notices.noticetemplate.created", lazy("新建了通知模板"))
CHANGED = log.declare("notices.noticetemplate.changed", lazy("修改了通知模板"))
DISABLED = log.declare("notices.noticetemplate.disabled", lazy("停用了通知模板"))
RESTORED = log.declare("notices.noticetemplate.restored", lazy("恢复了通知模板"))


@transaction.atomic
def create_template(*, by: Any, **values: Any) -> NoticeTemplate:
    template = NoticeTemplate(**values)
    save(template)
    log.record(CREATED, template, by=by, changes={"name": template.name})
    return template


@transaction.atomic
def change_template(template: NoticeTemplate, *, by: Any, **values: Any) -> NoticeTemplate:
    changes = assign(template, values)
    if changes:
        save(template, list(values))
        log.record(CHANGED, template, by=by, changes=changes)
    return template


@transaction.atomic
def disable_template(template: NoticeTemplate, *, by: Any, reason: str = "") -> NoticeTemplate:
    return _switch(template, timezone.now(), DISABLED, by, reason)


@transaction.atomic
def restore_template(template: NoticeTemplate, *, by: Any) -> NoticeTemplate:
    return _switch(template, None, RESTORED, by, "")


def _switch(template: NoticeTemplate, at: Any, code: str, by: Any, reason: str) -> NoticeTemplate:
    rows = NoticeTemplate.objects.filter(pk=template.pk, disabled_at__isnull=at is not None)
    if rows.update(disabled_at=at):
        log.record(code, template, by=by, reason=reason)
    template.disabled_at = at
    return template


def seed() -> None:
    """Creates what is missing and touches nothing that people have changed since."""
    known = set(NoticeTemplate.objects.exclude(builtin="").values_list("builtin", flat=True))
    names = set(NoticeTemplate.objects.values_list("name", flat=True))
    words = {item.code: item for item in DictItem.objects.of("notice_type")}
    NoticeTemplate.objects.bulk_create(
        NoticeTemplate(builtin=key, notice_type=words[kind], name=name, title=title, body=body)
        for key, kind, name, title, body in TEMPLATES
        if key not in known and name not in names
    )
