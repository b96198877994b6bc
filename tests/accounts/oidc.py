"""A real OpenID Connect provider, a process of its own on 127.0.0.1: discovery, token endpoint, signed ID tokens."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from csp.constants import SELF

from reviews_site.lib.env import OidcProvider

SECONDS = 20


@dataclass
class Provider:
    url: str
    # Name of the entry in the settings to the id and secret by which the provider knows this site.
    clients: dict[str, tuple[str, str]]

    def knows(self, sub: str, **claims: Any) -> None:
        self._ask("PUT", f"/users/{sub}", json=claims)

    def agree(self, address: str, sub: str) -> str:
        """What a member does there: choose who they are. Returns where the browser is sent back to."""
        return self._answer(address, {"sub": sub})

    def deny(self, address: str) -> str:
        """It forgets the state, which RFC 6749 (4.1.2.1) asks it to give back."""
        state = parse_qs(urlsplit(address).query)["state"][0]
        return f"{self._answer(address, {'action': 'deny'})}&state={state}"

    def _answer(self, address: str, data: dict[str, str]) -> str:
        assert requests.get(address, timeout=SECONDS).status_code == 200
        answer = requests.post(
            address, data=data, allow_redirects=False, timeout=SECONDS
        )
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def _ask(self, method: str, path: str, **kwargs: Any) -> Any:
        answer = requests.request(method, self.url + path, timeout=SECONDS, **kwargs)
        answer.raise_for_status()
        return answer.json() if answer.text else None

    def register(self, name: str, site: str = "http://testserver") -> None:
        """From now on it checks the secret and where it sends a browser back to."""
        client = self._ask(
            "POST",
            "/oauth2/clients",
            json={
                "redirect_uris": [f"{site}/accounts/oidc/{name}/login/callback/"],
                "token_endpoint_auth_method": "client_secret_post",
            },
        )
        self.clients[name] = (client["client_id"], client["client_secret"])


@contextmanager
def running_provider() -> Iterator[Provider]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
        + ["--require-registration", "true"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    provider = Provider(f"http://127.0.0.1:{port}", {})
    try:
        _wait_for(provider, process)
        yield provider
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(provider: Provider, process: subprocess.Popen) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(requests.ConnectionError):
            discovery = f"{provider.url}/.well-known/openid-configuration"
            assert requests.get(discovery, timeout=2).json()["issuer"] == provider.url
            return
        time.sleep(0.1)
    raise AssertionError(f"The provider did not start: {process.poll()}")


def configure(settings: Any, provider: Provider, **verifies: str) -> None:
    """As reviews_site/settings.py does from the environment: one entry for each name given."""
    settings.OIDC_PROVIDERS = tuple(
        OidcProvider(
            id=name,
            name=name.capitalize(),
            url=provider.url,
            client_id=provider.clients[name][0],
            secret=provider.clients[name][1],
            verifies=method,
            origins=(provider.url,),
        )
        for name, method in verifies.items()
    )
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [each.as_allauth_app() for each in settings.OIDC_PROVIDERS],
        }
    }
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": policy | {"form-action": [SELF, provider.url]}
    }
