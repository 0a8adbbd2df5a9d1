"""The product's settings plus the peers of the benchmark: Django's admin over the same tables, and a plain table to import into."""

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = ["tests.bench.peers", "django.contrib.admin", *INSTALLED_APPS]
ROOT_URLCONF = "tests.bench.peers.urls"
TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]
