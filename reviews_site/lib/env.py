"""Settings from the environment; a bad value stops the start with a sentence that names it."""

import os
import re
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


class Env(environ.Env):
    """An empty value counts as none: compose and .env files write NAME= for what is left out."""

    @property
    def ENVIRON(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if value.strip()}


env = Env()


def required(name: str, why: str) -> str:
    value = str(env.str(name, default="")).strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}.")
    return value


def boolean(name: str, default: bool) -> bool:
    raw = str(env.str(name, default=str(default))).strip().lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither true nor false.")


def integer(name: str, default: int, lowest: int, highest: int) -> int:
    raw = str(env.str(name, default=str(default))).strip()
    if not re.fullmatch("-?[0-9]{1,18}", raw):
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.")
    value = int(raw)
    if not lowest <= value <= highest:
        raise ImproperlyConfigured(
            f"{name}={value} is not between {lowest} and {highest}."
        )
    return value


def one_of(name: str, choices: set[str], default: str) -> str:
    value = str(env.str(name, default=default)).strip()
    if value not in choices:
        raise ImproperlyConfigured(
            f"{name}={value!r} is none of {', '.join(sorted(choices))}."
        )
    return value


def secret(name: str, shortest: int) -> str:
    """Empty where none is given."""
    value = str(env.str(name, default="")).strip()
    if value and len(value) < shortest:
        raise ImproperlyConfigured(
            f"{name} is too short: give at least {shortest} random letters and digits."
        )
    return value


def database(name: str = "DATABASE_URL") -> dict:
    return _postgres(
        name,
        required(
            name,
            "give the Postgres address, such as postgres://user:password@host:5432/levelfield",
        ),
    )


def replicas(name: str = "REPLICA_URLS") -> list[dict]:
    """Streaming replicas of the database, with commas; a comma inside a password is written %2C."""
    urls = [each.strip() for each in env.list(name, default=[])]
    return [_postgres(name, each) for each in urls if each]


def replica_of(primary: dict, address: dict) -> dict:
    """Asked as the primary is, but sooner given up, never written to, and in tests the primary itself."""
    return {
        **primary,
        **address,
        "CONN_HEALTH_CHECKS": False,
        # What the primary's address asks for, such as a server that may be written to, is its own.
        "OPTIONS": {
            "options": f"{primary['OPTIONS']['options']} -c default_transaction_read_only=on",
            "connect_timeout": 2,
            **address["OPTIONS"],
        },
        "TEST": {"MIRROR": "default"},
    }


def _postgres(name: str, url: str) -> dict:
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} is not a Postgres address: only Postgres is supported."
        )
    try:
        config = dict(env.db_url_config(url))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} can't be read as an address: {error}."
        ) from error
    # As libpq reads it: postgres://user@/name?host=/folder is a Unix socket.
    config["HOST"] = config.setdefault("OPTIONS", {}).pop("host", config["HOST"])
    return config


def email(name: str = "EMAIL_URL", default: str = "smtp://127.0.0.1:2525") -> dict:
    try:
        config = dict(env.email_url(name, default=default))
    except (ImproperlyConfigured, ValueError):
        config = {}
    if not config.get("EMAIL_HOST"):
        raise ImproperlyConfigured(
            f"{name} is not the address of a mail server: write smtp://, smtp+tls:// or smtp+ssl://, "
            "such as smtp+tls://user:password@mail.example.org:587."
        )
    return config


def redis_urls(
    name: str = "REDIS_URL", cache_name: str = "CACHE_URL"
) -> tuple[str, str]:
    """(broker, cache) addresses. Without a CACHE_URL the cache is the next database number of the broker's Redis."""
    broker, next_one = _broker_and_next(
        name, required(name, "give the Redis address, such as redis://host:6379/0")
    )
    if not cache_is_apart(cache_name):
        return broker, next_one
    cache = str(env.str(cache_name)).strip()
    _broker_and_next(cache_name, cache)
    return broker, cache


def broker_encryption(url: str) -> dict[str, Any] | None:
    """What kombu needs to know beside a rediss address that doesn't say it: without it, it would take any certificate."""
    parts = urlsplit(url)
    if parts.scheme != "rediss" or "ssl_cert_reqs" in parse_qs(parts.query):
        return None
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED}


def cache_is_apart(cache_name: str = "CACHE_URL") -> bool:
    return bool(str(env.str(cache_name, default="")).strip())


def _broker_and_next(name: str, url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"}:
        _refuse_bad_port(name, parts)
        number = parts.path.lstrip("/") or "0"
        if not number.isdigit():
            raise ImproperlyConfigured(
                f"{name} names the database {number!r}, which is not a number."
            )
        return url, parts._replace(path=f"/{int(number) + 1}").geturl()
    if parts.scheme == "unix":
        number = parse_qs(parts.query).get("db", ["0"])[0]
        if not number.isdigit():
            raise ImproperlyConfigured(
                f"{name} names the database {number!r}, which is not a number."
            )
        return (
            f"redis+socket://{parts.path}?virtual_host={number}",
            f"unix://{parts.path}?db={int(number) + 1}",
        )
    raise ImproperlyConfigured(
        f"{name} is not a Redis address: use redis://, rediss:// or unix:///path?db=0."
    )


def _refuse_bad_port(name: str, parts: SplitResult) -> None:
    try:
        _ = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} can't be read as an address: {error}."
        ) from error


def site_url(name: str = "SITE_URL", default: str = "http://127.0.0.1:8000") -> str:
    url = str(env.str(name, default=default)).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(f"{name}={url!r} is not an http or https address.")
    return url


# --- Sign-in through others -----------------------------------------------------------------

_KNOWN_PROVIDERS = {
    "linkedin": ("LinkedIn", "https://www.linkedin.com/oauth"),
    "google": ("Google", "https://accounts.google.com"),
    # No address: it has the organisation's own id in it.
    "microsoft": ("Microsoft", ""),
}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class OidcProvider:
    """Somebody's OpenID Connect server, through which members may sign in."""

    id: str
    name: str
    url: str
    client_id: str
    secret: str = field(repr=False)
    # The verification method that signing in there stands for: "linkedin", "openid", or "" for none.
    verifies: str
    # Where a browser is sent, for the Content-Security-Policy.
    origins: tuple[str, ...]

    def as_allauth_app(self) -> dict:
        return {
            "provider_id": self.id,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.url},
        }


def oidc_providers(name: str = "OIDC_PROVIDERS") -> tuple[OidcProvider, ...]:
    """OIDC_PROVIDERS=linkedin,acme names them; OIDC_ACME_… says what each is (docs/operations.md)."""
    ids = [each.strip() for each in env.list(name, default=[]) if each.strip()]
    for each in ids:
        if not re.fullmatch("[a-z][a-z0-9_]{0,29}", each):
            raise ImproperlyConfigured(
                f"{name} names {each!r}: a name has small letters from a to z, digits and _ only."
            )
        if ids.count(each) > 1:
            raise ImproperlyConfigured(f"{name} names {each!r} twice.")
    providers = tuple(_oidc_provider(each) for each in ids)
    _refuse_one_id_for_two(providers)
    return providers


def _refuse_one_id_for_two(providers: tuple[OidcProvider, ...]) -> None:
    """allauth tells providers apart by it while a sign-up waits for its e-mail."""
    seen: dict[str, OidcProvider] = {}
    for each in providers:
        if other := seen.get(each.client_id):
            raise ImproperlyConfigured(
                f"OIDC_{each.id.upper()}_CLIENT_ID is the same as OIDC_{other.id.upper()}_CLIENT_ID: "
                "ask one of the two providers for another one."
            )
        seen[each.client_id] = each


def _oidc_provider(provider_id: str) -> OidcProvider:
    prefix = f"OIDC_{provider_id.upper()}"
    label, known_url = _KNOWN_PROVIDERS.get(
        provider_id, (provider_id.replace("_", " ").capitalize(), "")
    )
    url = _https_url(f"{prefix}_URL", known_url)
    further = env.list(f"{prefix}_ORIGINS", default=[])
    return OidcProvider(
        id=provider_id,
        name=str(env.str(f"{prefix}_NAME", default=label)),
        url=url,
        client_id=required(
            f"{prefix}_CLIENT_ID", "give the id that the provider gave this site"
        ),
        secret=required(
            f"{prefix}_CLIENT_SECRET",
            "give the secret that the provider gave this site",
        ),
        verifies=_verifies(provider_id, f"{prefix}_VERIFIES"),
        origins=tuple(
            dict.fromkeys(
                _origin(f"{prefix}_ORIGINS", each) for each in (url, *further)
            )
        ),
    )


def _verifies(provider_id: str, name: str) -> str:
    if not boolean(name, default=provider_id == "linkedin"):
        return ""
    if provider_id == "google":
        raise ImproperlyConfigured(
            f"{name} can't be on: anybody can open a Google account, so signing in with one shows nothing."
        )
    return "linkedin" if provider_id == "linkedin" else "openid"


def _https_url(name: str, default: str) -> str:
    url = str(env.str(name, default=default)).strip().rstrip("/")
    if not url:
        raise ImproperlyConfigured(
            f"{name} is not set: give the address of the provider, the one below which "
            ".well-known/openid-configuration lies."
        )
    _origin(name, url)
    return url


def _origin(name: str, url: str) -> str:
    """https://host:port. Plain http for a server on the same machine only."""
    parts = urlsplit(url.strip())
    if parts.scheme == "https" and parts.netloc and "@" not in parts.netloc:
        return f"https://{parts.netloc}"
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return f"http://{parts.netloc}"
    raise ImproperlyConfigured(f"{name}={url!r} is not an https address.")
