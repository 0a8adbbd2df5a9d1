from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OwnersConfig(AppConfig):
    name = "owners"
    verbose_name = _("住户档案")

    def ready(self) -> None:
        from audit.services.seeds import give
        from core import periodic
        from core.services.dictionary import register
        from owners import search, seeds

        register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        search.register()
        periodic.daily("owners.purge_imports", kind="owners.purge_imports", at="03:20")
