from django.apps import AppConfig


class MulinConfig(AppConfig):
    """The roof is an app only so that its navigation can be checked; it has no models."""

    name = "config"
    label = "mulin"
