"""Log entries as people read them: sentences for codes, words for types, old beside new."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import scope_choices
from core import log
from core.models import LogEntry

DASH = "—"
# Keys that services write beside field names.
_WORDS = {
    "role": gettext_lazy("角色"),
    "default": gettext_lazy("默认"),
    "act_for": gettext_lazy("代谁操作"),
    "act_for_id": gettext_lazy("代谁操作（账号编号）"),
    "communities": gettext_lazy("项目"),
    "buildings": gettext_lazy("楼栋"),
    "until": gettext_lazy("有效期至"),
    "copy_of": gettext_lazy("复制自"),
    "field": gettext_lazy("字段"),
    "rows": gettext_lazy("行数"),
    "filter": gettext_lazy("筛选条件"),
    "file": gettext_lazy("文件"),
    "sha256": gettext_lazy("文件摘要"),
    "ip": gettext_lazy("来源地址"),
    "number": gettext_lazy("号码"),
    "found": gettext_lazy("查到"),
    "list": gettext_lazy("列表"),
    "columns": gettext_lazy("列"),
    "plain": gettext_lazy("完整显示个人信息"),
    "dictionary": gettext_lazy("数据字典"),
    "place": gettext_lazy("次序"),
    "merged_into": gettext_lazy("并入"),
    "doubles": gettext_lazy("两项都有的记录"),
    "name": gettext_lazy("名称"),
    "key": gettext_lazy("密钥编号"),
    "phone": gettext_lazy("电话"),
    "phones": gettext_lazy("电话"),
    "emergency_contacts": gettext_lazy("紧急联系人"),
    "relation": gettext_lazy("关系"),
    "label": gettext_lazy("用途"),
    "tag": gettext_lazy("标签"),
    "unit": gettext_lazy("房屋"),
    "units": gettext_lazy("房屋数"),
    "source": gettext_lazy("来源"),
    "start": gettext_lazy("起"),
    "former_end": gettext_lazy("原住户止于"),
    "members": gettext_lazy("成员"),
    "hours": gettext_lazy("工作时间"),
    "dates": gettext_lazy("日期"),
    "kind": gettext_lazy("类型"),
    "added": gettext_lazy("新增天数"),
    "changed": gettext_lazy("修改天数"),
}
# Lists of a new object: two of them are two, not old and new.
_MANY = {"phones", "emergency_contacts", "columns"}


@dataclass(frozen=True)
class Change:
    """One changed field. `old` is None when the entry only holds a value."""

    label: str
    old: str | None
    new: str


def model_of(object_type: str) -> Any:
    app, _dot, name = object_type.partition(".")
    try:
        return apps.get_model(app, name)
    except (LookupError, ValueError):
        return None


def type_word(object_type: str) -> str:
    """owners.owner -> 住户; the type of a removed app prints itself."""
    model = model_of(object_type)
    return str(model._meta.verbose_name) if model is not None else object_type or DASH


def object_types() -> list[tuple[str, str]]:
    """The types an entry may speak of: the models of our own apps that have a page or a history."""
    from audit.permission_labels import own_apps

    models = [model for config in own_apps() for model in config.get_models() if not model._meta.auto_created]
    return [
        (model._meta.label_lower, str(model._meta.verbose_name)) for model in models if model._meta.default_permissions
    ]


def actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Declared action codes by app for a select: [(app name, [(code, sentence)])]."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, action in sorted(log.declared().items()):
        app = code.partition(".")[0]
        name = str(apps.get_app_config(app).verbose_name) if apps.is_installed(app) else app
        found.setdefault(name, []).append((code, str(action.sentence)))
    return list(found.items())


def sensitive_actions() -> list[str]:
    return [code for code, action in log.declared().items() if action.sensitive]


def field_label(model: Any, name: str) -> str:
    """The word a model gives its field (姓名 of a person), else the word of a key that services write."""
    try:
        word = str(getattr(model._meta.get_field(name), "verbose_name", "")) if model is not None else ""
    except FieldDoesNotExist:
        word = ""
    if word and word != name.replace("_", " "):  # which Django makes of the field's name when nobody gave a word
        return word
    return str(_WORDS.get(name, name))


def _text(value: Any) -> str:
    if value is None or value == "" or value == []:
        return DASH
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(_text(item) for item in value)
    if isinstance(value, dict):
        return "，".join(f"{key}: {_text(item)}" for key, item in value.items())
    return str(value)


def changes_of(entry: LogEntry) -> list[Change]:
    """The stored changes: a list of exactly two is old and new, anything else a value."""
    model = model_of(entry.object_type)
    lines = []
    for name, value in entry.changes.items():
        label = field_label(model, name)
        if isinstance(value, list) and len(value) == 2 and name not in _MANY:
            lines.append(Change(label, _text(value[0]), _text(value[1])))
        else:
            lines.append(Change(label, None, _text(value)))
    return lines


def summary(entry: LogEntry, most: int = 3) -> str:
    """The fields an entry touched, for its line in the list."""
    model = model_of(entry.object_type)
    labels = [field_label(model, name) for name in entry.changes]
    shown = "、".join(labels[:most])
    return shown if len(labels) <= most else _("%(fields)s 等 %(count)d 项") % {"fields": shown, "count": len(labels)}


def community_word(community_id: int | None) -> str:
    return scope_choices.community_names([community_id])[0] if community_id else DASH


def object_url(entry: LogEntry) -> str:
    """Where the object lives, if its kind has a page; the page itself decides who may open it."""
    model = model_of(entry.object_type)
    if model is None or entry.object_id is None or not hasattr(model, "get_absolute_url"):
        return ""
    try:
        return str(model(pk=entry.object_id).get_absolute_url())
    except Exception:  # an address that needs more than the key has no link here
        return ""


def entry_page(entry: LogEntry, user: Any) -> dict[str, Any]:
    """Context of one entry's page: the changes, and the other entries of the same act."""
    same = LogEntry.objects.none()
    if entry.request_id:
        readable = LogEntry.objects.visible_to(user, "core.view_logentry")
        same = readable.filter(request_id=entry.request_id).exclude(pk=entry.pk).order_by("pk")[:20]
    action = log.declared().get(entry.action)
    return {
        "sentence": log.sentence_of(entry.action),
        "sensitive": bool(action and action.sensitive),
        "changes": changes_of(entry),
        "type_word": type_word(entry.object_type),
        "community": community_word(entry.community_id),
        "object_url": object_url(entry),
        "siblings": [{"entry": row, "sentence": log.sentence_of(row.action)} for row in same],
    }
