from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.lean import LeanModel
from core.querysets import PermittedQuerySet


class DictType(LeanModel):
    """One data dictionary: a named list of words people choose from (R132). Code never branches on its items."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    group = models.CharField(_("分组"), max_length=20)
    description = models.CharField(_("说明"), max_length=200, blank=True)
    sort = models.PositiveIntegerField(_("序号"), default=0)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("数据字典")
        verbose_name_plural = _("数据字典")
        default_permissions = ("view", "change")
        ordering = ["sort", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("core:dictionary", args=[self.code])


class DictItemQuerySet(PermittedQuerySet):
    def of(self, code: str) -> "DictItemQuerySet":
        """Items of one dictionary, in their order."""
        return self.filter(type__code=code).order_by("sort", "id")

    def active(self) -> "DictItemQuerySet":
        return self.filter(disabled_at__isnull=True)


class DictItem(LeanModel):
    """One word of a dictionary. Once used it is stopped, never deleted, and keeps its label in old records."""

    type = models.ForeignKey(DictType, models.PROTECT, related_name="items", verbose_name=_("字典"))
    code = models.SlugField(_("编码"), max_length=40, allow_unicode=True)
    name = models.CharField(_("名称"), max_length=40)
    synonyms = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("同义词"))
    colour = models.CharField(_("颜色"), max_length=2, blank=True, choices=[(f"c{n}", f"c{n}") for n in range(1, 7)])
    sort = models.PositiveIntegerField(_("序号"), default=0)
    builtin = models.BooleanField(_("内置"), default=False)
    sensitive = models.BooleanField(_("敏感"), default=False, help_text=_("敏感标签须写明事由，且只对有权限的人显示"))
    care = models.BooleanField(_("关怀"), default=False, help_text=_("有这个标签的住户，其房屋在房态图上有关怀标记"))
    # Declared attributes that no query asks for (core.services.dictionary.ItemAttribute); those above are columns, joined by hot pages.
    extra = models.JSONField(_("其他属性"), default=dict, blank=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = DictItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("字典项")
        verbose_name_plural = _("字典项")
        default_permissions = ()
        ordering = ["type_id", "sort", "id"]
        constraints = [
            models.UniqueConstraint(fields=["type", "code"], name="core_dictitem_code"),
            models.UniqueConstraint(
                fields=["type", "name"], name="core_dictitem_name", violation_error_message=_("这本字典里已有同名的项")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def attribute(self, name: str) -> Any:
        """A declared attribute, wherever it is kept; None when nobody has set it."""
        return getattr(self, name) if name in ATTRIBUTE_COLUMNS else self.extra.get(name)


ATTRIBUTE_COLUMNS = frozenset({"sensitive", "care"})


class DictMerge(LeanModel):
    """One merging of two items of a dictionary, with the keys of the rows it moved, so that it can be taken back for a day.

    Soft references: a foreign key to DictItem would count as a use of both.
    """

    merged_id = models.BigIntegerField()
    kept_id = models.BigIntegerField()
    moved = models.JSONField(default=dict)  # {"owners.owner.level": [ids]}
    words = ArrayField(models.CharField(max_length=40), default=list)  # the synonyms it gave to the item that was kept
    synonyms = ArrayField(models.CharField(max_length=40), default=list)  # those the merged item had
    was_active = models.BooleanField(default=True)
    at = models.DateTimeField(_("合并时间"), db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("字典项合并")
        verbose_name_plural = _("字典项合并")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["merged_id", "-id"], name="core_dictmerge_merged")]


def DictField(code: str, verbose_name: Any, **options: Any) -> models.ForeignKey:
    """A foreign key to one dictionary; PROTECT keeps used words from being deleted, `dictionary` names it for forms and checks.
    It has no index of its own: a handful of words over all rows narrows nothing, and words are stopped, never deleted. A list that
    is filtered by one has a composite index; a field that few rows fill has a partial one."""
    options.setdefault("null", True)
    options.setdefault("db_index", False)
    options.setdefault("blank", True)
    field = models.ForeignKey(
        "core.DictItem",
        models.PROTECT,
        related_name="+",
        verbose_name=verbose_name,
        limit_choices_to={"type__code": code},
        **options,
    )
    return field
