from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("系统")

    def ready(self) -> None:
        from django_structlog.signals import bind_extra_request_metadata

        from core import checks, lexemes  # noqa: F401  register the deploy checks and the search lookup
        from core.attachment_policies import register
        from core.logging import say_whose_request
        from core.models import Job
        from core.services import calendar_seeds
        from core.services.dictionary import seed_after_migrate

        bind_extra_request_metadata.connect(say_whose_request, dispatch_uid="core.whose_request")
        post_migrate.connect(seed_after_migrate, sender=self)
        post_migrate.connect(calendar_seeds.seed_after_migrate, sender=self, dispatch_uid="core.calendars")
        # The file a job has made belongs to the person who asked for it, whoever else may watch jobs.
        register("core.job", lambda user, file: Job.objects.filter(pk=file.source_id, created_by_id=user.pk).exists())
