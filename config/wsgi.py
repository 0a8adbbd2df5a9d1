import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("MULIN_PROCESS", "web")

application = get_wsgi_application()
# Every page's code is loaded with the process, not while the first visitor waits.
_ = get_resolver().url_patterns
# What has been loaded stays for good: it is not searched for garbage again. A page makes some ten thousand objects and drops them all;
# Python's own thresholds would go through the living ones a dozen times for it, a tenth of the page's time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
