from django.apps import AppConfig


class MulinConfig(AppConfig):
    """The roof is an app only so that its navigation can be checked; it has no models."""

    name = "config"
    label = "mulin"

    def ready(self) -> None:
        from config import navigation
        from dashboard import entries
        from owners import call_back_sources, tabs
        from portal import entries as portal_entries

        tabs.register(unit=navigation.UNIT_TABS, owner=navigation.OWNER_TABS)
        call_back_sources.register_acts(navigation.CALL_BACK_ACTS)
        entries.register(
            cards=navigation.CARDS, quick_actions=navigation.QUICK_ACTIONS, urgent=navigation.URGENT,
            counted=[item for group in navigation.MENU for item in group.items if item.count],
        )  # fmt: skip
        portal_entries.register(navigation.PORTAL)
