import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("MULIN_PROCESS", "web")

application = get_wsgi_application()
# Every page's code is loaded with the process, not while the first visitor waits.
_ = get_resolver().url_patterns
