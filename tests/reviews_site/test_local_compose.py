"""The production files, read as a container engine reads them: no engine is at hand where the tests run."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
ONE_OFF = "migrate"
SITE = ("migrate", "web", "worker", "beat")


def variables(text: str) -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", text))


def test_compose_has_every_part_of_the_site():
    assert set(SERVICES) == {"postgres", "redis", *SITE}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {ONE_OFF}))
def test_long_running_service_has_a_health_check_and_restarts(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"])


def test_migrations_run_once_and_the_site_waits_for_them():
    assert SERVICES[ONE_OFF]["restart"] == "no"
    for name in set(SITE) - {ONE_OFF}:
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }


def test_every_secret_comes_from_the_environment_and_says_so_when_it_is_missing():
    for name in ("SECRET_KEY", "SITE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL"):
        value = SERVICES["web"]["environment"][name]
        assert re.fullmatch(rf"\$\{{{name}:\?.+\}}", value), value
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith(
        "${POSTGRES_PASSWORD:?"
    )
    assert ":${POSTGRES_PASSWORD:?" in SERVICES["web"]["environment"]["DATABASE_URL"]


def test_env_example_names_exactly_what_compose_asks_for():
    asked = variables((ROOT / "docker-compose.yml").read_text())
    example = (ROOT / ".env.example").read_text()
    offered = set(re.findall(r"^([A-Z_]+)=", example, re.M))
    assert offered == asked - {"LEVELFIELD_VERSION"}
    assert re.findall(r"^(?:SECRET_KEY|POSTGRES_PASSWORD)=(.*)$", example, re.M) == [
        "",
        "",
    ]


def test_volumes_are_declared_and_used():
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert used == set(COMPOSE["volumes"])


def test_only_the_site_is_published_and_only_on_this_machine():
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_image_runs_without_root_and_with_hashed_requirements():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements-pdf.lock" in dockerfile
    after_user = dockerfile.partition("USER levelfield")[2]
    assert "CMD" in after_user and "USER" not in after_user
