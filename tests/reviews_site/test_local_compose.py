"""The production files, read as a container engine reads them: no engine is at hand where the tests run."""

import json
import re
from pathlib import Path

import pytest
import yaml

from reviews_site.lib.queues import QUEUES
from reviews_site.local import composed

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
ONE_OFF = "migrate"
WORKERS = {f"worker-{queue}" for queue in QUEUES}
SITE = {ONE_OFF, "web", "beat"} | WORKERS
FILES = "static"
SERVERS = {"postgres", "broker", "cache"}


def variables(text: str) -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", text))


def test_compose_has_every_part_of_the_site():
    assert set(SERVICES) == SERVERS | SITE | {FILES, "nginx"}
    assert {*composed.PARTS} == SITE - {ONE_OFF}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {ONE_OFF, FILES}))
def test_long_running_service_has_a_health_check_and_restarts(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"])


def test_migrations_run_once_and_the_site_waits_for_them():
    assert SERVICES[ONE_OFF]["restart"] == "no"
    for name in SITE - {ONE_OFF}:
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "broker": {"condition": "service_healthy"},
            "cache": {"condition": "service_healthy"},
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
        volume.replace("${LEDGER_FOLDER:-ledger}", "ledger").split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert used - {"./deploy/nginx/nginx.conf"} == set(COMPOSE["volumes"])


def test_only_the_site_is_published_and_only_on_this_machine():
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}
    assert published == {
        "web": ["127.0.0.1:${PORT:-8000}:8000"],
        "nginx": ["127.0.0.1:${NGINX_PORT:-8080}:8080"],
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_each_queue_has_a_worker_that_answers_to_its_own_name(queue):
    worker = SERVICES[f"worker-{queue}"]
    command = worker["command"]
    assert command[command.index("--queues") + 1] == queue
    assert command[command.index("--hostname") + 1] == f"{queue}@%h"
    assert f'-d "{queue}@$$HOSTNAME"' in worker["healthcheck"]["test"][1]


def test_what_is_queued_is_never_thrown_away_for_what_is_cached():
    policies = {name: SERVICES[name]["command"][-1] for name in ("broker", "cache")}
    assert policies == {"broker": "noeviction", "cache": "allkeys-lru"}
    environment = SERVICES["web"]["environment"]
    assert environment["REDIS_URL"] == "redis://broker:6379/0"
    assert environment["CACHE_URL"] == "redis://cache:6379/0"


def test_nginx_comes_with_its_profile_only_and_reaches_nothing_but_the_site():
    assert {n for n, s in SERVICES.items() if s.get("profiles")} == {FILES, "nginx"}
    configuration = (ROOT / "deploy/nginx/nginx.conf").read_text()
    assert re.findall(r"^\s*server (\S+)", configuration, re.M) == ["web:8000", "{"]
    port = SERVICES["nginx"]["ports"][0].rpartition(":")[2]
    assert f"listen {port};" in configuration
    assert SERVICES["nginx"]["volumes"] == [
        "./deploy/nginx/nginx.conf:/etc/nginx/nginx.conf:ro",
        "static:/srv/static:ro",
    ]


def test_what_is_scaled_has_no_name_of_its_own_and_nginx_follows_what_is_there():
    for name in {"web"} | WORKERS:
        assert not {"container_name", "hostname", "networks"} & set(SERVICES[name])
    configuration = (ROOT / "deploy/nginx/nginx.conf").read_text()
    upstream = re.search(r"upstream site \{(.*?)\n    \}", configuration, re.S)
    assert upstream is not None
    words = re.sub(r"#.*", "", upstream[1])
    assert "zone site " in words and "resolver 127.0.0.11 valid=2s" in words
    assert "server web:8000 resolve max_fails=0;" in words
    # Free nginx asks again since 1.27.3.
    version = re.search(r":(\d+)\.(\d+)-alpine$", SERVICES["nginx"]["image"])
    assert version is not None and tuple(map(int, version.groups())) >= (1, 28)


def test_the_image_has_the_pg_dump_of_the_database():
    major = re.fullmatch(r"postgres:(\d+)-alpine", SERVICES["postgres"]["image"])
    assert major is not None
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"postgresql-client-{major[1]} \\\n" in dockerfile


def test_the_image_alone_starts_what_compose_starts():
    command = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.M)
    assert command is not None
    assert json.loads(command[1]) == SERVICES["web"]["command"]


def test_every_folder_that_is_written_to_is_made_for_the_user_of_the_image():
    made = re.search(
        r"install -d -o levelfield -g levelfield (.*)",
        (ROOT / "Dockerfile").read_text(),
    )
    assert made is not None
    mounted = {
        volume.rpartition(":")[2]
        for name in SITE | {FILES}
        for volume in SERVICES[name]["volumes"]
    }
    assert set(made[1].split()) == mounted


def test_image_runs_without_root_and_with_hashed_requirements():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements-pdf.lock" in dockerfile
    after_user = dockerfile.partition("USER levelfield")[2]
    assert "CMD" in after_user and "USER" not in after_user
