from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.querysets import OwnQuerySet
from core.uid import uuid7


class SavedViewQuerySet(OwnQuerySet):
    def usable_by(self, user: Any) -> Self:
        """Own views and those that colleagues share."""
        return self.filter(models.Q(user_id=user.pk) | models.Q(shared=True))


class SavedView(models.Model):
    """A list's filter, order and columns under a name ("今日超时未派"); the owner may share it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("创建人"))
    list_name = models.CharField(max_length=80)
    name = models.CharField(_("视图名称"), max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    columns = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    shared = models.BooleanField(_("团队可用"), default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("我的视图")
        verbose_name_plural = _("我的视图")
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_name", "name"],
                name="core_savedview_name",
                violation_error_message=_("您已有同名的视图"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListSetting(models.Model):
    """How one person likes one list: columns and rows per page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=80)
    columns = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    page_size = models.PositiveSmallIntegerField(default=20)

    objects = OwnQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "list_name"], name="core_listsetting_once")]


class FormDraft(models.Model):
    """What somebody had typed into a form before the session ended; encrypted, offered back for 24 hours."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=200)
    title = models.CharField(max_length=80)
    payload = EncryptedTextField()
    updated_at = models.DateTimeField(db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "path"], name="core_formdraft_once")]


class ImportMapping(models.Model):
    """What a person corrected when importing: header text to column, unknown word to dictionary word; kept per community."""

    kind = models.CharField(max_length=40)
    community_id = models.BigIntegerField(default=0)
    columns = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "community_id"], name="core_importmapping_once")]
