from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("权限与日志")

    def ready(self) -> None:
        from audit.services.seeds import seed_after_migrate
        from core import periodic

        # At night few sessions end by themselves; core clears their rows every hour, this one their lines in "where am I signed in".
        periodic.daily("audit.purge_sessions", kind="audit.purge_sessions", at="03:40")
        periodic.daily("audit.check_calendars", kind="audit.check_calendars", at="08:30")
        post_migrate.connect(seed_after_migrate, sender=self)
