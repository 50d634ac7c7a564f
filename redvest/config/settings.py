"""Django's settings. What an operator may change comes from the environment (docs/settings.md), and fails loudly."""

from datetime import timedelta
from pathlib import Path

import pghistory
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from redvest.config import demo_logins, environment, postgres

PACKAGE = Path(__file__).resolve().parent.parent
DEBUG = environment.flag("DEBUG", False)
SECRET_KEY = environment.kept_secret("SECRET_KEY", "secret_key")
ALLOWED_HOSTS = environment.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
PUBLIC_URL = environment.url("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = PUBLIC_URL.startswith("https://")
IS_DEMO = environment.flag("REDVEST_DEMO", False)
DEMO_LOGINS = demo_logins.LOGINS if IS_DEMO else ()
DEMO_PASSWORD = demo_logins.PASSWORD if IS_DEMO else ""

INSTALLED_APPS = [
    "redvest.core",
    "redvest.places",
    "redvest.people",
    "redvest.incidents",
    "redvest.duty",
    "redvest.needs",
    "redvest.supplies",
    "redvest.web",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "redvest.web.middleware.RedVestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "redvest.config.urls"
WSGI_APPLICATION = "redvest.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "redvest.web.frame.frame",
            ],
        },
    }
]

DATABASES = {"default": postgres.django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Only limits on sign-in are kept here; they must count for all processes together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- People who sign in -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "redvest.web.account.AccountAdapter"
ACCOUNT_FORMS = {"login": "redvest.web.account.SignInForm"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# A code by phone: six digits, five minutes, five tries; a number that nobody has gets the same answer.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PREVENT_ENUMERATION = True
# A whole street office may share one address when it is called up; a single number may not be flooded.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,30/h/key",
    "request_login_code": "120/m/ip,3/m/key,10/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.integer("TRUSTED_PROXIES", 0, minimum=0)

# Roles that direct others sign in with a second factor; the demo can do without, and says so on its pages.
REQUIRE_TOTP = environment.flag("REQUIRE_TOTP", not IS_DEMO)
MFA_ADAPTER = "redvest.web.account.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1

AXES_FAILURE_LIMIT = environment.integer("LOCKOUT_FAILURES", 5, minimum=1)
AXES_COOLOFF_TIME = timedelta(minutes=environment.integer("LOCKOUT_MINUTES", 15, minimum=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "redvest.web.account.locked_out"
AXES_USERNAME_CALLABLE = "redvest.web.account.login_name"
AXES_CLIENT_IP_CALLABLE = "redvest.web.account.client_ip"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = False
AXES_VERBOSE = False

SESSION_ENGINE = "redvest.core.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if IS_HTTPS else []
# People with a role are signed out after so much idleness; volunteers stay signed in on their own phone.
IDLE_MINUTES = environment.integer("IDLE_MINUTES", 60, minimum=5)

# --- Browser security ---------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

# --- Languages and times ------------------------------------------------------------------------------------------
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_CODE = environment.language("LANGUAGE", "zh-hans", choices=["zh-hans", "en"])
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = sorted(path for path in (PACKAGE / "locale").glob("*") if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone("TIME_ZONE", "Asia/Shanghai")
DUTY_DAY_STARTS_HOUR = 6

# --- Files that browsers load -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = environment.PROJECT / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_LIMIT_BYTES = environment.integer("UPLOAD_LIMIT_MB", 50, minimum=1) * 1024 * 1024

# --- Messages to people (redvest/core/messages) -------------------------------------------------------------------
# Which channels exist and where they send; the demo has the console channel only.
CHANNELS = environment.list("CHANNELS", ["console"], choices=["console", "email", "sms", "feishu", "wecom"])
SMS_URL = environment.url("SMS_URL", "")
SMS_SECRET = environment.text("SMS_SECRET", "")
FEISHU_URL = environment.url("FEISHU_URL", "")
FEISHU_SECRET = environment.text("FEISHU_SECRET", "")
WECOM_URL = environment.url("WECOM_URL", "")
EMAIL_URL = environment.url("EMAIL_URL", "", schemes=["smtp", "smtps"])
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "redvest@localhost")
QUIET_HOURS = environment.hours("QUIET_HOURS", "22:00-06:00")

# --- Row history: every insert, change and deletion, by triggers; the history itself never changes ------------------
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_APPEND_ONLY = True

# --- Jobs ---------------------------------------------------------------------------------------------------------
PROCRASTINATE_IMPORT_PATHS = [
    "redvest.core.delivery",
    "redvest.core.jobs",
    "redvest.duty.actions.answering",
    "redvest.duty.actions.solving",
    "redvest.duty.clock",
    "redvest.needs.clock",
    "redvest.workflows.import_file",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "WARNING")},
    "loggers": {"redvest": {"level": environment.text("LOG_LEVEL", "INFO")}},
}

PROJECT_NAMES = {"zh-hans": "志愿红", "en": "RedVest"}
PROJECT_TITLE = _("RedVest")
