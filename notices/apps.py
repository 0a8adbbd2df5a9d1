from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("通知公告")

    def ready(self) -> None:
        from audit.services.seeds import give
        from core import periodic
        from notices import seeds
        from notices.services.channels import seed_after_migrate, send_text_code
        from owners import code_sender

        give(seeds.PERMISSIONS)
        code_sender.register(send_text_code)
        periodic.daily("notices.purge_requests", kind="notices.purge_requests", at="03:50")
        post_migrate.connect(seed_after_migrate, sender=self)
