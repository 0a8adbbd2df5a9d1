"""Settings. Everything that differs between places comes from the environment (see docs/settings.md)."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import BASE_DIR, Environment, database

env = Environment()
MULIN_ENV = env.name
PRODUCTION = env.production
VAR_DIR: Path = env.var
VERSION = "1.0.0"

SECRET_KEY = env.need("SECRET_KEY")
FIELD_KEYS = env.need("FIELD_KEYS")
INDEX_KEY = env.need("INDEX_KEY")
_database_url = env.need("DATABASE_URL")
DATABASE_OWNER_URL = env.get("DATABASE_OWNER_URL", _database_url)
REDIS_URL = env.need("REDIS_URL")
if PRODUCTION:
    env.need("ALLOWED_HOSTS")
env.stop_if_missing()

DEBUG = False
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "config.apps.MulinConfig",
    "portal",
    "dashboard",
    "complaints",
    "workorders",
    "notices",
    "owners",
    "properties",
    "audit",
    "core",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.HealthMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.RequestContextMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "audit.middleware.SessionLifetimeMiddleware",
    "portal.middleware.OwnerSessionMiddleware",
    "core.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.BusinessErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.frame",
            ],
            "builtins": [
                "core.templatetags.mulin",
                "core.templatetags.drawn",
                "core.templatetags.pages",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
FORM_RENDERER = "core.web.rendering.LeanRenderer"

# --- Database: the app role works, the owner role migrates (SECURITY: least privilege) -------------------------------
_role_url = DATABASE_OWNER_URL if env.owns_tables else _database_url
DATABASES = {
    "default": database(_role_url)
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "TEST": {"NAME": "test_mulin"},
    },
}
DATABASES["replica"] = database(env.get("DATABASE_REPLICA_URL", _role_url)) | {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": True,
    "TEST": {"MIRROR": "default"},
}
# A runaway statement ends itself: soon in a page, later in a job, never in a command somebody watches. A migration that cannot get
# its lock gives up instead of queueing every page behind it.
STATEMENT_TIMEOUT_SECONDS = env.integer("STATEMENT_TIMEOUT_SECONDS", 10)
WORKER_STATEMENT_TIMEOUT_SECONDS = env.integer("WORKER_STATEMENT_TIMEOUT_SECONDS", 120)
_longest = {"web": STATEMENT_TIMEOUT_SECONDS, "worker": WORKER_STATEMENT_TIMEOUT_SECONDS}.get(env.process, 0)
_timeouts = [f"-c statement_timeout={_longest}s"] if _longest else []
_timeouts += ["-c lock_timeout=4s"] if env.owns_tables and env.production else []
for _alias in DATABASES.values():
    _alias["OPTIONS"].setdefault("connect_timeout", 5)
    if _timeouts:
        _alias["OPTIONS"].setdefault("options", " ".join(_timeouts))
# The app role loses UPDATE and DELETE on the log in a migration; the name has to be known there.
DATABASE_APP_ROLE = database(_database_url)["USER"]
DATABASE_OWNER_ROLE = database(DATABASE_OWNER_URL)["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "audit.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "audit.backends.GrantBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "audit.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "staff_number", "mobile")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "audit.passwords.WordListValidator"},
]
LOGIN_URL = "audit:sign_in"
LOGIN_REDIRECT_URL = "dashboard:workbench"
LOGOUT_REDIRECT_URL = "audit:sign_in"

AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# One clumsy clerk must not lock the whole office behind the same address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Otherwise an attacker keeps a person locked for ever by trying again.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "audit.views.sign_in.locked_out"
AXES_IPWARE_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]
)
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_DISABLE_ACCESS_LOG = True

SESSION_ENGINE = "audit.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = env.integer("SESSION_IDLE_SECONDS", 30 * 60)
SESSION_ABSOLUTE_SECONDS = env.integer("SESSION_ABSOLUTE_SECONDS", 12 * 3600)
# Owners come rarely and by phone: their sessions last longer, and are ended by what happens to their file (owners/queries/sign_in.py).
OWNER_SESSION_IDLE = timedelta(seconds=env.integer("OWNER_SESSION_IDLE_SECONDS", 7 * 86400))
OWNER_SESSION_ABSOLUTE = timedelta(seconds=env.integer("OWNER_SESSION_ABSOLUTE_SECONDS", 30 * 86400))
OWNER_COOKIE_NAME, OWNER_DOOR_COOKIE_NAME = "mulin_owner", "mulin_door"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_COOKIE_SECURE = True
    OWNER_COOKIE_NAME, OWNER_DOOR_COOKIE_NAME = "__Host-owner", "__Host-door"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 86400
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if AXES_IPWARE_PROXY_COUNT else None

# --- Headers -----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("accelerometer", "autoplay", "geolocation", "gyroscope", "microphone", "payment", "usb")
}

# --- Language and time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FORMAT_MODULE_PATH = ["config.formats"]

# --- Files -----------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
# How people outside reach us: the personal links in messages begin with it; a job has no request to learn it from.
PUBLIC_URL = env.get("PUBLIC_URL", f"http://127.0.0.1:{env.integer('PORT', 8000)}")
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024

# --- Background work (values measured; see docs/architecture.md) --------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
# How far the worker steps back behind the pages on the same machine (os.nice, 0 to 19).
CELERY_WORKER_NICE = env.integer("WORKER_NICE", 10)
CELERY_WORKER_CONCURRENCY = env.integer("WORKER_CONCURRENCY", 2)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_BEAT_SCHEDULE = {
    "core.tick": {"task": "core.tick", "schedule": 60.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- Messages to people: the hosts that may be called besides the vendors' public interfaces, and how long they may take -----------
CHANNEL_HOSTS = env.listing("CHANNEL_HOSTS")
CHANNEL_TIMEOUT_SECONDS: float = env.integer("CHANNEL_TIMEOUT_SECONDS", 8)

# --- Logs ----------------------------------------------------------------------------------------------------------------------
# Its own reading of forwarded headers believes whoever sends them; core.logging says whose request it is.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logging.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.get("LOG_LEVEL", "WARNING")},
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/_table.html"
SILENCED_SYSTEM_CHECKS: list[str] = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"
