"""Django with the benchmark's settings; as the owner role where a table has to be made."""

import os


def setup(owner: bool = True) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    if owner:
        os.environ["MULIN_DB_ROLE"] = "owner"
    import django

    django.setup()
