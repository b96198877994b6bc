"""All settings; what differs between installations comes from the environment (docs/operations.md)."""

from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy
from django.utils.module_loading import import_string

from reviews_site.lib.env import (
    boolean,
    broker_encryption,
    database,
    email,
    env,
    integer,
    oidc_providers,
    one_of,
    redis_urls,
    replica_of,
    replicas,
    required,
    secret,
    site_url,
)
from reviews_site.lib.queues import DEFAULT_QUEUE, QUEUES, routes

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = boolean("DEBUG", default=False)
# The demo shows /dev/mail/ and says on every page that its members and reviews are made up.
DEMO = boolean("DEMO", default=False)
SITE_URL = site_url()
SITE_NAME = env.str("SITE_NAME", default="Levelfield")
SECRET_KEY = (
    env.str("SECRET_KEY", default="insecure-key-for-local-use-only")
    if DEBUG or DEMO
    else required("SECRET_KEY", "give a long random text; it signs sessions and links")
)
# A health check on the machine itself names it so; no link is ever made from the Host header.
ALLOWED_HOSTS = [
    *env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname]),
    "127.0.0.1",
    "localhost",
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
TRUSTED_PROXY_COUNT = integer("TRUSTED_PROXY_COUNT", default=0, lowest=0, highest=10)

OUR_APPS = [
    "notifications",
    "accounts",
    "products",
    "moderation",
    "disclosure",
    "reviews",
    "prices",
    "outcomes",
    "messaging",
    "references",
    "following",
    "research",
    "reviews_site",
]
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "heroicons",
    "pgtrigger",
    "csp",
    *OUR_APPS,
]

MIDDLEWARE = [
    "reviews_site.observing.RequestLogMiddleware",
    "reviews_site.middleware.VisitorPagesMiddleware",
    "reviews_site.security.BrowserPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reviews_site.middleware.RefuseUnreadableInputMiddleware",
    "reviews_site.middleware.RefuseTooMuchInputMiddleware",
    "reviews_site.replicas.ReplicaMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reviews_site.security.ContentPolicyMiddleware",
    "reviews_site.admin_site.AdminPolicyMiddleware",
    "reviews_site.middleware.PrivatePagesMiddleware",
]

ROOT_URLCONF = "reviews_site.urls"
WSGI_APPLICATION = "reviews_site.wsgi.application"

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
                "reviews_site.context.site",
                "messaging.context.unread_messages",
            ],
        },
    },
    # Lists of private rows, which lie in no cache (docs/decisions/0007-compiled-templates.md).
    {
        "NAME": "compiled",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "jinja"],
        "OPTIONS": {"environment": "reviews_site.jinja.environment"},
    },
]

# --- Data -----------------------------------------------------------------------------------

_DATABASE = database()
_STATEMENT_TIMEOUT_MS = integer(
    "STATEMENT_TIMEOUT_MS", default=15_000, lowest=0, highest=3_600_000
)
DATABASES = {
    "default": {
        **_DATABASE,
        "ENGINE": "reviews_site.lib.postgres",
        "CONN_MAX_AGE": integer("CONN_MAX_AGE", default=60, lowest=0, highest=86_400),
        "CONN_HEALTH_CHECKS": True,
        "PREPARED_STATEMENTS": boolean("PREPARED_STATEMENTS", default=True),
        "OPTIONS": {
            # What is planned once (reviews_site.lib.postgres.planned, and what triggers ask) is planned for any value from the
            # first time on.
            # 0.35: "saleforse" finds Salesforce; Postgres' own 0.6 misses it.
            # Compiling a statement just in time takes longer than any statement of a page.
            # 1.1: what is read by index lies in memory or on flash; at 4 a search for a common word reads the table instead.
            "options": "-c pg_trgm.word_similarity_threshold=0.35 -c jit=off -c random_page_cost=1.1"
            " -c plan_cache_mode=force_generic_plan"
            f" -c statement_timeout={_STATEMENT_TIMEOUT_MS}",
            "connect_timeout": 5,
            **_DATABASE["OPTIONS"],
        },
    }
}
# Streaming replicas, read by reviews_site.replicas alone; a broken connection is noticed by the first query, not by a
# question before each.
_REPLICAS = {f"replica{number}": each for number, each in enumerate(replicas(), 1)}
REPLICA_ALIASES = tuple(_REPLICAS)
REPLICA_MAX_LAG_SECONDS = integer(
    "REPLICA_MAX_LAG_SECONDS", default=60, lowest=1, highest=3600
)
for _alias, _replica in _REPLICAS.items():
    DATABASES[_alias] = replica_of(DATABASES["default"], _replica)
if _REPLICAS:
    DATABASE_ROUTERS = ["reviews_site.replicas.ReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL, CACHE_URL = redis_urls()
CELERY_BROKER_USE_SSL = broker_encryption(CELERY_BROKER_URL)
CACHES = {
    "default": {
        "BACKEND": "reviews_site.lib.cache.TolerantRedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "lf",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}
# Whole pages for visitors are kept so long at most (docs/performance.md); 0: not at all.
PAGE_CACHE_SECONDS = integer(
    "PAGE_CACHE_SECONDS", default=0 if DEBUG else 60, lowest=0, highest=3600
)
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1.0,
    # A worker whose connection died without a word notices within 21 seconds, not within 51.
    "health_check_interval": 10,
    "visibility_timeout": 600,
    "global_keyprefix": "lf-",
    # A silent broker must not hold a request: one attempt; the rows are in Postgres, a sweep finds them.
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# A worker that isn't told otherwise (-Q mail) takes from all of them.
CELERY_TASK_QUEUES: dict[str, dict] = {name: {} for name in QUEUES}
CELERY_TASK_DEFAULT_QUEUE = DEFAULT_QUEUE
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = routes()
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TIMEZONE = "UTC"
OUTBOX_SWEEP_SECONDS = integer(
    "OUTBOX_SWEEP_SECONDS", default=15, lowest=1, highest=300
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "release-figures": {
        "task": "disclosure.tasks.release_figures",
        "schedule": 24 * 3600.0,
    },
    "forget-refused": {
        "task": "reviews.tasks.forget_refused",
        "schedule": 24 * 3600.0,
    },
    "store-transparency-day": {
        "task": "moderation.tasks.store_transparency_day",
        "schedule": 3600.0,
    },
    "expire-proofs": {"task": "reviews.timers.expire_proofs", "schedule": 3600.0},
    "lapse-work-emails": {
        "task": "accounts.timers.lapse_work_emails",
        "schedule": 24 * 3600.0,
    },
    "write-erasures": {"task": "accounts.tasks.write_erasures", "schedule": 60.0},
    "end-old-representations": {
        "task": "products.timers.end_old_representations",
        "schedule": 24 * 3600.0,
    },
    "note-frequent-words": {
        "task": "products.timers.note_frequent_words_of_products",
        "schedule": 3600.0,
    },
    "purge-outbox": {
        "task": "notifications.tasks.purge_outbox",
        "schedule": 24 * 3600.0,
    },
    "sweep-outbox": {
        "task": "notifications.tasks.sweep_outbox",
        "schedule": float(OUTBOX_SWEEP_SECONDS),
    },
    # Each hour it is morning somewhere.
    "send-unread-digests": {
        "task": "messaging.timers.send_unread_digests",
        "schedule": crontab(minute=10),
    },
    "sweep-rating-refreshes": {
        "task": "reviews.tasks.sweep_rating_refreshes",
        "schedule": 5.0,
    },
    "sweep-batches": {"task": "moderation.tasks.sweep_batches", "schedule": 5.0},
    "sweep-signals": {"task": "reviews.tasks.sweep_signals", "schedule": 60.0},
    "coarsen-all-reviews": {
        "task": "reviews.tasks.coarsen_all_reviews",
        "schedule": 24 * 3600.0,
    },
    "withdraw-unsupported-prices": {
        "task": "prices.timers.withdraw_unsupported_prices",
        "schedule": 24 * 3600.0,
    },
    "remind-authors": {
        "task": "reviews.timers.remind_authors",
        "schedule": 24 * 3600.0,
    },
    "send-digests": {
        "task": "following.timers.send_digests",
        "schedule": 24 * 3600.0,
    },
    "keep-calls": {"task": "messaging.timers.keep_calls", "schedule": 300.0},
    "retire-conversations": {
        "task": "messaging.timers.retire_conversations",
        "schedule": 24 * 3600.0,
    },
    "ask-authors-whether-they-stayed": {
        "task": "outcomes.timers.ask_authors",
        "schedule": 24 * 3600.0,
    },
    "refresh-voices": {"task": "reviews.tasks.refresh_voices", "schedule": 300.0},
    "want-left-over-voices": {
        "task": "reviews.tasks.want_left_over_voices",
        "schedule": 24 * 3600.0,
    },
    "recompute-all-ratings": {
        "task": "reviews.tasks.recompute_all_ratings",
        "schedule": 24 * 3600.0,
    },
}

# --- Members --------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# One backend: a second would cost a second slow hash for each wrong password.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# One address an account; a new one takes over once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Signed in for SESSION_COOKIE_AGE if ticked, otherwise until the browser is closed.
ACCOUNT_SESSION_REMEMBER = None
# Amount / time / whose, several with commas.
ACCOUNT_RATE_LIMITS = {
    "signup": "60/h/ip",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "confirm_email": "1/180s/key",
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    # Ours: drawing a file anew costs a second or two.
    "send_proof": "10/h/user",
    # Of what is published, by visitors; members have a limit of their own (reviews.participation).
    "report": "10/h/ip",
}
ACCOUNT_EMAIL_NOTIFICATIONS = True
_FORMS = "accounts.sign_in_forms"
ACCOUNT_FORMS = {
    "add_email": f"{_FORMS}.AddEmailForm",
    "change_email": f"{_FORMS}.ChangeEmailForm",
    "change_password": f"{_FORMS}.ChangePasswordForm",
    "login": f"{_FORMS}.LoginForm",
    "reauthenticate": f"{_FORMS}.ReauthenticateForm",
    "reset_password": f"{_FORMS}.ResetPasswordForm",
    "reset_password_from_key": f"{_FORMS}.ResetPasswordKeyForm",
    "signup": f"{_FORMS}.SignupForm",
}
MFA_FORMS = {
    "authenticate": f"{_FORMS}.AuthenticateForm",
    "reauthenticate": f"{_FORMS}.ReauthenticateByCodeForm",
    "activate_totp": f"{_FORMS}.ActivateTOTPForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# Browsers allow WebAuthn over plain http on localhost only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO

# Sign-in through others: each is one environment variable more, and none is there by default.
OIDC_PROVIDERS = oidc_providers()
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": f"{_FORMS}.SocialSignupForm"}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [each.as_allauth_app() for each in OIDC_PROVIDERS],
    }
}
# Nobody signs in to an account here because somebody elsewhere says that its address is theirs.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False

# --- E-mail ---------------------------------------------------------------------------------

# The outbox (notifications) is where every e-mail goes first; its delivery uses this connection.
_EMAIL = email()
EMAIL_BACKEND = "notifications.backends.OutboxBackend"
DELIVERY_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if not DEMO or env.str("EMAIL_URL", default="")
    else "notifications.backends.KeepBackend"
)
EMAIL_HOST = _EMAIL.get("EMAIL_HOST")
EMAIL_PORT = _EMAIL.get("EMAIL_PORT")
EMAIL_HOST_USER = _EMAIL.get("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = _EMAIL.get("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = _EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = integer("EMAIL_TIMEOUT", default=10, lowest=1, highest=60)
EMAIL_RETRY_SECONDS = integer("EMAIL_RETRY_SECONDS", default=60, lowest=1, highest=3600)
# Messages that follow one another within that time are one e-mail; none if they were read meanwhile.
MESSAGE_EMAIL_SECONDS = integer(
    "MESSAGE_EMAIL_SECONDS", default=180, lowest=0, highest=3600
)
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <hello@{urlsplit(SITE_URL).hostname}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- API ------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticatedOrReadOnly"
    ],
    "DEFAULT_RENDERER_CLASSES": ["reviews_site.lib.renderers.OneFormJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_PAGINATION_CLASS": "reviews_site.lib.api.CursorPages",
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "reviews_site.lib.throttles.VisitorRateThrottle",
        "reviews_site.lib.throttles.MemberRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "600/min",
        "user": "1200/min",
        "post_review": "20/hour",
        "send_message": "60/hour",
        "change_conversation": "600/hour",
    },
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,
    "EXCEPTION_HANDLER": "reviews_site.lib.api.problem_json",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "DESCRIPTION": "Read categories, vendors, products and published reviews; post a review, and ask, answer, share "
    "contact details and agree on a call in your own conversations, with a token. Each rating says how its author was verified and in which month; "
    f"what that means: [{SITE_URL}/about/verification/]({SITE_URL}/about/verification/).",
    "TAGS": [
        {
            "name": "conversations",
            "description": "Private, between the author of a review and whoever asks. All of it is your own: what isn't "
            "yours is the same 404 as what isn't there. Of the other side you read alias, persona and role, and once "
            "both have chosen it, the contact details that both chose; nobody learns who blocked whom. Whatever changes "
            "something takes an `Idempotency-Key`: repeated within 24 hours it is done once and answered by what is there "
            "then, and for another request it is a 422. What is refused is `application/problem+json` with a `code`: 403 "
            "where you may not, 409 where the conversation stands otherwise, 429 at a limit.",
        }
    ],
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "reviews_site.lib.api.document_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Pages, files, security -----------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "reviews_site.formats"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "reviews_site.lib.static.HashedFilesOnlyStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "map",
    "png",
    "jpg",
    "gif",
    "webp",
    "woff",
    "woff2",
    "gz",
    "br",
    "zip",
)
# One line for each member who was erased, on another disk than the database (docs/operations.md).
ERASURE_LEDGER = env.str("ERASURE_LEDGER", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

_HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = boolean("SECURE_SSL_REDIRECT", default=_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
)
SECURE_HSTS_SECONDS = integer(
    "SECURE_HSTS_SECONDS", default=31_536_000 if _HTTPS else 0, lowest=0, highest=10**9
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
# Passkeys are the one such thing that pages use; the rest is off for them and for whatever they might show.
PERMISSIONS_POLICY = (
    "publickey-credentials-create=(self), publickey-credentials-get=(self), "
    "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # A form that starts a sign-in elsewhere ends there: browsers look at where it is sent on to as well.
        "form-action": [
            SELF,
            *(origin for each in OIDC_PROVIDERS for origin in each.origins),
        ],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Watching it ----------------------------------------------------------------------------

# Asked for at /metrics as "Authorization: Bearer …"; without one there is no such page.
METRICS_TOKEN = secret("METRICS_TOKEN", shortest=16)
# Where the database and Redis have no real people in them, a line may say everything.
_MADE_UP = DEBUG or DEMO
LOG_FORMAT = one_of("LOG_FORMAT", {"json", "text"}, "text" if _MADE_UP else "json")
LOG_LEVEL = one_of(
    "LOG_LEVEL", {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}, "INFO"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": f"reviews_site.lib.logs.{LOG_FORMAT.capitalize()}Formatter",
            "ours": OUR_APPS,
            "everything": _MADE_UP,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # The line of the request tells which status it was.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        "django.server": {"level": "WARNING"},
        "celery": {"level": "INFO"},
        # Ours tells that a task is done, and this one why it failed.
        "celery.app.trace": {"level": "ERROR"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # In place of gunicorn's own handlers, which write addresses.
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        # Each step of each PDF.
        "weasyprint.progress": {"level": "WARNING"},
    },
}
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    # Its import takes half a second, so only where it is wanted.
    import_string("reviews_site.lib.error_reports.report_errors")(SENTRY_DSN)

UNFOLD = {
    "SITE_TITLE": f"{SITE_NAME} moderation",
    "SITE_HEADER": f"{SITE_NAME} moderation",
    "SITE_URL": "/",
    # The decision log is the history.
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": True,
    "DASHBOARD_CALLBACK": "reviews_site.admin_site.dashboard",
    "STYLES": ["reviews_site.admin_site.stylesheet"],
    "SCRIPTS": ["reviews_site.admin_site.script"],
    "SITE_ICON": "reviews_site.admin_site.icon",
    "SITE_FAVICONS": [{"rel": "icon", "href": "reviews_site.admin_site.icon"}],
    "SIDEBAR": {
        "navigation": "reviews_site.admin_site.navigation",
        "show_all_applications": "reviews_site.admin_site.sees_all_applications",
    },
    # The accent of static/css/site.css, from light to dark.
    "COLORS": {
        "primary": {
            shade: f"oklch({lightness}% {chroma} 165)"
            for shade, lightness, chroma in (
                ("50", 97.5, 0.012),
                ("100", 94, 0.03),
                ("200", 88, 0.055),
                ("300", 80, 0.075),
                ("400", 70, 0.085),
                ("500", 57, 0.08),
                ("600", 44.5, 0.075),
                ("700", 38, 0.065),
                ("800", 33, 0.055),
                ("900", 28, 0.045),
                ("950", 20, 0.03),
            )
        }
    },
}
