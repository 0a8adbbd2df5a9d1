from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OwnersConfig(AppConfig):
    name = "owners"
    verbose_name = _("住户档案")

    def ready(self) -> None:
        from audit import revealable
        from audit.services.seeds import give
        from core import attachment_policies, batches, periodic
        from core.services.dictionary import register
        from owners import merging, policies, search, seeds, timeline_sources, waiting
        from owners.importing import actions
        from owners.importing.checking import PERMISSION as IMPORT
        from owners.queries.corrections import answers_waiting
        from owners.queries.imports import told_batches
        from owners.services import (  # noqa: F401  log and inbox know their words
            call_plans,
            call_reporting,
            call_rounds,
            call_scripts,
            care,
        )
        from properties.services import marks

        register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        for source in ("properties.unit", "owners.owner"):
            attachment_policies.register(source, policies.may_open_attachment)
        reveal: dict[str, Any] = {"permission": "owners.reveal_owner"}
        of_owner = {"parent": lambda row: row.owner, **reveal}
        revealable.register("owners.ownerphone", "number", label=_("电话"), protects="phone", **of_owner)
        revealable.register("owners.emergencycontact", "phone", label=_("紧急电话"), protects="phone", **of_owner)
        revealable.register("owners.familymember", "phone", label=_("家庭成员电话"), protects="phone", **reveal)
        revealable.register("owners.owner", "id_number", label=_("证件号"), protects="id", **reveal)
        revealable.register("owners.owner", "email", label=_("邮箱"), protects="phone", **reveal)
        correction: dict[str, Any] = {"label": _("号码或邮箱"), "protects": "phone", **of_owner}
        revealable.register("owners.correction", "old_secret", **correction)
        revealable.register("owners.correction", "new_secret", **correction)
        for label, action in (("properties.unit", actions.UNIT_ADDED), ("owners.owner", actions.OWNER_ADDED)):
            batches.register(label, permission=IMPORT, action=action, batches=told_batches)
        waiting.register("owners.corrections", answers_waiting)
        timeline_sources.register("owners.contactrecord", "owners.view_contactrecord")
        search.register()
        merging.register()
        marks.register_rebuilder(care.SOURCE, care.care_rows)
        post_migrate.connect(seed_after_migrate, sender=self)
        periodic.every(call_plans.BEGIN, kind=call_plans.BEGIN, seconds=600)
        periodic.daily("owners.expire_tags", kind="owners.expire_tags", at="00:05")
        periodic.daily("owners.forget_corrections", kind="owners.forget_corrections", at="03:45")
        periodic.daily("owners.purge_sign_in", kind="owners.purge_sign_in", at="03:40")
        periodic.daily("owners.purge_imports", kind="owners.purge_imports", at="03:20")


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    if using == "default":
        from owners.services.call_scripts import seed_scripts

        seed_scripts()
