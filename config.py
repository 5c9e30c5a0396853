"""Configuration: one class per environment; every secret comes from the environment."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def database_url(address: str | None) -> str | None:
    """`address` with the driver that we install: people write postgres:// or postgresql://."""
    for prefix in ("postgres://", "postgresql://"):
        if address and address.startswith(prefix):
            return "postgresql+psycopg://" + address.removeprefix(prefix)
    return address


class Config:
    """What all environments share."""

    # Where the database, the files and the development key lie.
    INSTANCE = Path(os.environ.get("PORTAL_INSTANCE", ROOT / "instance"))
    # SQLite beside the code unless an address of a PostgreSQL is given.
    SQLALCHEMY_DATABASE_URI = (
        database_url(os.environ.get("DATABASE_URL")) or f"sqlite:///{INSTANCE / 'portal.db'}"
    )
    # A pooled connection that died is found before it is used.
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}
    MIGRATIONS_DIR = str(ROOT / "migrations")
    # Uploaded files, named by their sha256.
    FILES_DIR = os.environ.get("FILES_DIR") or str(INSTANCE / "files")
    # Signs cookies and form tokens.
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    # Demo accounts on the log-in page and demo data; never in production.
    DEMO = os.environ.get("DEMO") == "1"
    # The address that links in mail start with.
    BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8080")
    # Host names this site answers to; anything else is refused with 400.
    TRUSTED_HOSTS = [h for h in os.environ.get("TRUSTED_HOSTS", "127.0.0.1,localhost").split(",") if h]
    FAB_SAFE_REDIRECT_HOSTS = TRUSTED_HOSTS

    # A form with a 2 MB file and long texts; Werkzeug answers 413 above it.
    MAX_CONTENT_LENGTH = 8 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    UPLOAD_LIMIT = 2 * 1024 * 1024

    # How long a text that was typed and never saved is kept for its writer.
    UNSAVED_DAYS = 180

    SESSION_COOKIE_NAME = "portal"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    WTF_CSRF_TIME_LIMIT = None

    BABEL_DEFAULT_LOCALE = "zh_Hant_TW"
    BABEL_DEFAULT_TIMEZONE = "Asia/Taipei"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
    # A further language is a folder under translations/ and a key here.
    LANGUAGES = {
        "zh_Hant_TW": {"flag": "tw", "name": "繁體中文"},
        "en": {"flag": "gb", "name": "English"},
    }

    APP_NAME = "校長暨教師專業發展支持作業平臺"
    AUTH_TYPE = 1
    FAB_SECURITY_MANAGER_CLASS = "app.access.security.PortalSecurityManager"
    # Alembic makes the tables and `flask sync-roles` the permissions.
    FAB_CREATE_DB = False
    FAB_UPDATE_PERMS = False
    FAB_ADD_SECURITY_API = False
    FAB_ADD_SECURITY_VIEWS = False
    # Swagger's page needs `eval`, which the content policy forbids; the specification itself stays.
    FAB_ADD_OPENAPI_VIEWS = False
    FAB_API_SWAGGER_UI = False
    # FAB's limiter counts per process and misses the API; the lock-out counts in the database.
    AUTH_RATE_LIMITED = False

    # Mail: without a server the outbox keeps everything and shows it.
    SMTP_HOST = os.environ.get("SMTP_HOST", "")
    SMTP_PORT = int(os.environ.get("SMTP_PORT", "25"))
    SMTP_USER = os.environ.get("SMTP_USER", "")
    SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
    SMTP_STARTTLS = os.environ.get("SMTP_STARTTLS") == "1"
    MAIL_FROM = os.environ.get("MAIL_FROM", "no-reply@portal.example")

    @classmethod
    def prepare(cls) -> None:
        """Make what the environment needs, or refuse to start."""
        raise RuntimeError("use Development or Production")


class Development(Config):
    """`make run` and the tests: a key is made and kept beside the database."""

    @classmethod
    def prepare(cls) -> None:
        cls.INSTANCE.mkdir(parents=True, exist_ok=True)
        if not cls.SECRET_KEY:
            key = cls.INSTANCE / "secret_key"
            if not key.exists():
                key.write_text(secrets.token_hex(32))
                key.chmod(0o600)
            cls.SECRET_KEY = key.read_text().strip()


class Production(Config):
    """Refuses to start on defaults."""

    SESSION_COOKIE_NAME = "__Host-portal"
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_PATH = "/"

    @classmethod
    def prepare(cls) -> None:
        problems = [
            text
            for wrong, text in (
                (len(cls.SECRET_KEY) < 32, "SECRET_KEY: set at least 32 random characters"),
                (cls.DEMO, "DEMO: demo accounts have a public password; unset it"),
                (not os.environ.get("TRUSTED_HOSTS"), "TRUSTED_HOSTS: name the hosts this site answers to"),
                (not cls.BASE_URL.startswith("https://"), "BASE_URL: give the public https address"),
                (not os.environ.get("DATABASE_URL"), "DATABASE_URL: give the address of the database"),
            )
            if wrong
        ]
        if problems:
            raise SystemExit("The portal does not start:\n  " + "\n  ".join(problems))


def current() -> type[Config]:
    """The class for PORTAL_ENV (`development` by default, `production`)."""
    return {"development": Development, "production": Production}[os.environ.get("PORTAL_ENV", "development")]
