from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import PermittedQuerySet


class DataScope(models.TextChoices):
    """How far a role reaches, narrow to wide."""

    SELF = "self", _("本人")
    TEAM = "team", _("本组")
    BUILDING = "building", _("本楼栋")
    COMMUNITY = "community", _("本项目")
    SUBTREE = "subtree", _("组织子树")
    ALL = "all", _("全部")


class FieldVisibility(models.TextChoices):
    """How a role sees a protected field."""

    HIDDEN = "hidden", _("不可见")
    MASKED = "masked", _("脱敏")
    PLAIN = "plain", _("明文")


class Role(models.Model):
    """A bundle of permissions x data scope x field visibility (R131, DOMAIN 2.0)."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=30, unique=True, error_messages={"unique": _("已有同名的角色")})
    description = models.CharField(_("说明"), max_length=200, blank=True)
    data_scope = models.CharField(_("数据范围"), max_length=10, choices=DataScope, default=DataScope.COMMUNITY)
    name_visibility = models.CharField(_("姓名"), max_length=8, choices=FieldVisibility, default=FieldVisibility.PLAIN)
    phone_visibility = models.CharField(
        _("手机"), max_length=8, choices=FieldVisibility, default=FieldVisibility.MASKED
    )
    id_visibility = models.CharField(_("证件"), max_length=8, choices=FieldVisibility, default=FieldVisibility.MASKED)
    amount_visibility = models.CharField(
        _("金额"), max_length=8, choices=FieldVisibility, default=FieldVisibility.PLAIN
    )
    permissions = models.ManyToManyField(Permission, related_name="roles", blank=True, verbose_name=_("权限"))
    builtin = models.BooleanField(_("内置"), default=False)
    # What the template has once been given: an administrator who takes it away must not find it back after an upgrade.
    seeded = ArrayField(models.CharField(max_length=100), default=list, blank=True, editable=False)
    sort = models.PositiveIntegerField(_("序号"), default=0)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = _("角色")
        default_permissions = ("view", "add", "change")
        permissions = [("export_role", _("导出角色"))]
        ordering = ["sort", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("audit:role_detail", args=[self.pk])


class GrantQuerySet(PermittedQuerySet):
    def in_force(self) -> "GrantQuerySet":
        """Not withdrawn, begun, not over, and of a role that is not stopped."""
        today = Now()
        return self.filter(
            models.Q(until__isnull=True) | models.Q(until__gte=today),
            since__lte=today,
            withdrawn_at__isnull=True,
            role__disabled_at__isnull=True,
        )


class Grant(models.Model):
    """One role given to one person for some communities. `community_ids` is what counts: those chosen one by one
    (`chosen_ids`) and those below the organisation nodes (`node_ids`), from which it is re-materialised when the tree
    changes. Ids are kept plain: this floor knows no estate."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name=_("人员"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name=_("角色"))
    node_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("组织节点"))
    chosen_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("逐个选择的项目"))
    community_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("项目"))
    building_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("楼栋"))
    since = models.DateTimeField(_("生效"), db_default=Now())
    until = models.DateTimeField(_("失效"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("授予人")
    )
    granted_at = models.DateTimeField(_("授予时间"), db_default=Now())
    withdrawn_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        default_permissions = ()
        ordering = ["role__sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                name="audit_grant_once",
                condition=models.Q(withdrawn_at__isnull=True),
                violation_error_message=_("此人已有这个角色，请改它的范围"),
            )
        ]
        indexes = [GinIndex(fields=["node_ids"], name="audit_grant_nodes")]

    def __str__(self) -> str:
        return f"{self.user} / {self.role}"

    def get_absolute_url(self) -> str:
        return self.user.get_absolute_url()
