from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PropertiesConfig(AppConfig):
    name = "properties"
    verbose_name = _("房产")

    def ready(self) -> None:
        from audit import scope_choices
        from audit.services.seeds import give
        from core import dictionary_rules
        from core.services import dictionary
        from properties import queries, search, seeds
        from properties.services import units
        from properties.services.organisation import communities_below

        dictionary.register(*seeds.DICTIONARIES)
        give(seeds.PERMISSIONS)
        scope_choices.register(
            nodes=queries.node_choices,
            communities=queries.community_choices,
            buildings=queries.building_choices,
            materialise=communities_below,
        )
        search.register()
        dictionary_rules.register("unit_type", dictionary_rules.Rule(refuse=units.why_types_differ))
