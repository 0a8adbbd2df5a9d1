from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import SavedView
from core.models.dictionary import DictField
from notices.models.notices import Notice
from owners.models import TenureRole
from properties.models import Building, Community, Unit


class AudienceKind(models.TextChoices):
    ALL = "all", _("全部")
    COMMUNITY = "community", _("项目")
    BUILDING = "building", _("楼栋")
    ENTRANCE = "entrance", _("单元")
    UNIT = "unit", _("房屋")
    VIEW = "view", _("保存的视图")
    TAG = "tag", _("标签")
    ROLE = "role", _("关系")


class AudienceRule(models.Model):
    """One line of who shall be told: a place (places add up), or a kind of people (tags and roles narrow what the places give), or
    the exclusion of either."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="rules", verbose_name=_("通知公告"))
    exclude = models.BooleanField(_("排除"), default=False)
    kind = models.CharField(_("范围"), max_length=10, choices=AudienceKind)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("项目")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("楼栋")
    )
    entrance = models.CharField(_("单元"), max_length=10, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("房屋")
    )
    tag = DictField("owner_tag", _("标签"))
    role = models.CharField(_("关系"), max_length=10, choices=TenureRole, blank=True)
    # A view may be deleted by whoever made it: what it said stays with the announcement.
    view = models.ForeignKey(
        SavedView, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("视图")
    )
    view_name = models.CharField(max_length=40, blank=True, editable=False)
    view_list = models.CharField(max_length=80, blank=True, editable=False)
    view_query = models.CharField(max_length=2000, blank=True, editable=False)

    class Meta:
        verbose_name = _("发送范围")
        verbose_name_plural = _("发送范围")
        default_permissions = ()
        ordering = ["exclude", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "notice",
                    "exclude",
                    "kind",
                    "community",
                    "building",
                    "entrance",
                    "unit",
                    "tag",
                    "role",
                    "view",
                ],
                name="notices_rule_once",
                nulls_distinct=False,
                violation_error_message=_("这一条已在发送范围里"),
            ),
            models.CheckConstraint(
                condition=Q(kind="all")
                | Q(kind="community", community__isnull=False)
                | Q(kind="building", building__isnull=False)
                | Q(kind="entrance", building__isnull=False)
                | Q(kind="unit", unit__isnull=False)
                | Q(kind="tag", tag__isnull=False)
                | (Q(kind="role") & ~Q(role=""))
                | (Q(kind="view") & ~Q(view_list="")),
                name="notices_rule_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.words}".strip()

    @property
    def narrows(self) -> bool:
        """Tags, relations and views of people pick from what the places give; they add nobody."""
        return self.kind in {AudienceKind.TAG, AudienceKind.ROLE} or self.view_list == "owners:owner_list"

    @property
    def words(self) -> str:
        """3栋2单元, 独居老人, 业主: what the rule names."""
        match self.kind:
            case AudienceKind.COMMUNITY:
                return str(self.community)
            case AudienceKind.BUILDING | AudienceKind.ENTRANCE:
                assert self.building is not None  # the check constraint
                entrance = str(_("%(name)s单元") % {"name": self.entrance}) if self.entrance else ""
                return f"{self.building.community.name} {self.building.label}{entrance}"
            case AudienceKind.UNIT:
                return str(self.unit)
            case AudienceKind.TAG:
                return str(self.tag)
            case AudienceKind.ROLE:
                return str(self.get_role_display())
            case AudienceKind.VIEW:
                return self.view_name
        return ""
