"""All settings, from the environment only; docs/operators.md lists every LECTERN_… variable (a test compares)."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import schedule
from csp.constants import NONCE, NONE, SELF

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What this is -----------------------------------------------------------------------------------------------------
VERSION = re.findall(r"^## (\S+)", (BASE_DIR / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
DEBUG = env.flag("LECTERN_DEBUG")
# The licence asks whoever serves a changed Lectern to offer its source.
LECTERN_SOURCE_URL = env.text("LECTERN_SOURCE_URL")
DATA_DIR = Path(env.text("LECTERN_DATA_DIR") or BASE_DIR / "data")
SECRET_KEY = env.secret("LECTERN_SECRET_KEY", file=DATA_DIR / "secret_key", debug=DEBUG)
SECRET_KEY_FALLBACKS = env.items("LECTERN_SECRET_KEY_FALLBACKS")

# --- Where it is reached ----------------------------------------------------------------------------------------------
LECTERN_BASE_URL = env.text("LECTERN_BASE_URL").rstrip("/")
# `./dev run --lan` says it.
LECTERN_LAN_URL = env.text("LECTERN_LAN_URL").rstrip("/")
LECTERN_HTTPS = LECTERN_BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.items("LECTERN_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
LECTERN_ORIGINS = env.items("LECTERN_ORIGINS")
LECTERN_TRUSTED_PROXIES = env.text("LECTERN_TRUSTED_PROXIES", "127.0.0.1")
CSRF_TRUSTED_ORIGINS = [origin for origin in (LECTERN_BASE_URL, *LECTERN_ORIGINS) if origin]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = LECTERN_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LECTERN_HTTPS else None
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if LECTERN_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

# --- Applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # daphne's app pulls Twisted in and only serves `runserver`.
    *(["daphne"] if DEBUG else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "config",
    "sessions_app",
    "widgets",
    "docs_app",
    "surveys",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sessions_app.middleware.CompressPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sessions_app.middleware.ReaderMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- State: database, cache, channel layer, broker --------------------------------------------------------------------
LECTERN_REDIS_URL = env.text("LECTERN_REDIS_URL")
LECTERN_POWER_SAFE = env.flag("LECTERN_POWER_SAFE")
SQLITE_URL = f"sqlite:///{DATA_DIR / 'lectern.sqlite3'}"
DATABASES = {"default": env.database("LECTERN_DATABASE_URL", SQLITE_URL)}
# Under ASGI every request has a thread of its own, which would leave a lasting connection behind. The sockets' threads
# keep theirs all the same: they never end a "request".
DATABASES["default"] |= {"CONN_MAX_AGE": 0}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # NORMAL survives a killed process; FULL also a power cut, for a disk flush per transaction.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={'FULL' if LECTERN_POWER_SAFE else 'NORMAL'};",
    }
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if LECTERN_REDIS_URL:
    # Redis publishes to all its databases at once: only the prefix keeps two installations on one Redis apart.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": LECTERN_REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [LECTERN_REDIS_URL],
                "prefix": f"lectern.{urlsplit(LECTERN_REDIS_URL).path.strip('/') or 0}",
            },
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "sessions_app.realtime.layer.InProcessLayer"}}

CELERY_BROKER_URL = LECTERN_REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "end idle sessions": {"task": "sessions_app.tasks.end_idle_sessions", "schedule": schedule(60)},
    "sweep dead servers": {"task": "sessions_app.tasks.sweep_dead_servers", "schedule": schedule(30)},
    "delete expired sessions": {"task": "sessions_app.tasks.delete_expired_sessions", "schedule": schedule(3600)},
}

# --- Signing in -------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["sessions_app.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "sessions_app.accounts.ClosedSignup"
ACCOUNT_FORMS = {"login": "sessions_app.accounts.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# By name, hardly by address: a school is one address.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "200/m/ip,5/5m/key", "reauthenticate": "20/5m/user"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "join"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
LECTERN_PASSWORD_LOGIN = env.flag("LECTERN_PASSWORD_LOGIN", default=True)

MFA_ADAPTER = "sessions_app.second_factors.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "sessions_app.second_factors.AddPasskeyForm",
    "authenticate_webauthn": "sessions_app.second_factors.SecondStepForm",
    "login_webauthn": "sessions_app.second_factors.SignInByPasskeyForm",
    "reauthenticate_webauthn": "sessions_app.second_factors.ConfirmByPasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# A clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Lectern"
# There is no mail that would verify one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = {"webauthn_login": "200/m/ip"}

LECTERN_OIDC_ISSUER = env.text("LECTERN_OIDC_ISSUER").removesuffix("/.well-known/openid-configuration").rstrip("/")
LECTERN_OIDC_CLIENT_ID = env.text("LECTERN_OIDC_CLIENT_ID")
LECTERN_OIDC_CLIENT_SECRET = env.text_or_file("LECTERN_OIDC_CLIENT_SECRET")
LECTERN_OIDC_NAME = env.text("LECTERN_OIDC_NAME", "Single sign-on")
LECTERN_OIDC_DOMAINS = [domain.lower() for domain in env.items("LECTERN_OIDC_DOMAINS")]
LECTERN_OIDC_CLAIM = env.text("LECTERN_OIDC_CLAIM")
LECTERN_OIDC_STAFF_CLAIM = env.text("LECTERN_OIDC_STAFF_CLAIM")
LECTERN_OIDC_TRUST_EMAIL = env.flag("LECTERN_OIDC_TRUST_EMAIL")
SOCIALACCOUNT_ADAPTER = "sessions_app.oidc.SchoolAccounts"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "sessions_app.oidc.SchoolProvider", "OAUTH_PKCE_ENABLED": True, "APPS": []}
}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

# --- Live sessions ----------------------------------------------------------------------------------------------------
LECTERN_GUEST_HOSTS = env.flag("LECTERN_GUEST_HOSTS")
LECTERN_MAX_ROOMS = env.number("LECTERN_MAX_ROOMS", 10, least=1)
LECTERN_MAX_PARTICIPANTS = env.number("LECTERN_MAX_PARTICIPANTS", 1000, least=1)
LECTERN_MAX_ENTRIES = env.number("LECTERN_MAX_ENTRIES", 1000, least=1)
LECTERN_IDLE_MINUTES = env.number("LECTERN_IDLE_MINUTES", 30, least=1)
LECTERN_REUSE_HOURS = env.number("LECTERN_REUSE_HOURS", 2, least=1)
LECTERN_LONGEST_HOURS = env.number("LECTERN_LONGEST_HOURS", 12, least=1)
# Days that a session's record is kept after its end, where its teacher says nothing else; 0: for ever.
LECTERN_KEEP_DAYS = env.number("LECTERN_KEEP_DAYS", 365)
LECTERN_STATE_INTERVAL_MS = env.number("LECTERN_STATE_INTERVAL_MS", 250, least=1)

# --- Transport --------------------------------------------------------------------------------------------------------
LECTERN_PING_INTERVAL_MS = env.number("LECTERN_PING_INTERVAL_MS", 25_000, least=100)
LECTERN_PING_TIMEOUT_MS = env.number("LECTERN_PING_TIMEOUT_MS", 20_000, least=100)
LECTERN_MAX_PAYLOAD_BYTES = env.number("LECTERN_MAX_PAYLOAD_BYTES", 1_000_000, least=1000)
LECTERN_RECOVERY_SECONDS = env.number("LECTERN_RECOVERY_SECONDS", 120)

# --- Language, time, static files -------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# In their own words, as whoever looks for one reads it.
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("zh-hans", "中文"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = env.time_zone("LECTERN_TIME_ZONE", "UTC")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    ("npm", BASE_DIR / "node_modules" / "socket.io-client" / "dist"),
    ("npm", BASE_DIR / "node_modules" / "chart.js" / "dist"),
]
STATICFILES_FINDERS = ["config.static.PackageFiles", "django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.static.HashedStatic"
    },
}

# --- What a page may load ---------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- HTTP API ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "sessions_app.api.error_body",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lectern",
    "VERSION": VERSION,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# --- Logs -------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.one_of("LECTERN_LOG_LEVEL", "INFO", options=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("celery", "kombu", "daphne", "asyncio")},
        # Whoever scans the network would fill the log with tracebacks.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
