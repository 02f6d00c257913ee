"""compose.yml: no secret in it, no rights that a part does not need, and the very images of k8s/overlays/local."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.deploy.manifests import ROOT, Manifest, pods
from tests.deploy.podman import VERSION

COMPOSE = ROOT / "compose.yml"
OURS = {"secrets", "migrate", "web", "worker", "tidy"}


@pytest.fixture
def services() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def test_every_setting_is_one_that_the_site_reads(services: dict[str, Any]) -> None:
    source = "".join((ROOT / f"facesite/{name}.py").read_text() for name in ("settings", "env", "fixed_days"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    given = {name for service in OURS for name in services[service]["environment"]}
    assert {re.sub("(?<!ALIVE)_FILE$", "", name) for name in given} <= read
    assert {"SITE_URL", "CAMERA_NETWORKS", "CHANNEL_NETWORKS", "TRUSTED_PROXIES", "HTTPS"} <= given


def test_each_setting_of_the_file_env_is_explained(services: dict[str, Any]) -> None:
    handbook = (ROOT / "docs/operating.md").read_text() + (ROOT / "README.md").read_text()
    for name in re.findall(r"\$\{(\w+)", COMPOSE.read_text()):
        assert f"`{name}`" in handbook, name


def test_no_secret_is_in_it(services: dict[str, Any]) -> None:
    for name, service in services.items():
        settings = service.get("environment", {})
        secret = {key for key in settings if re.search("SECRET|PASSWORD|DATABASE_URL|REDIS_URL", key)}
        assert all(key.endswith("_FILE") for key in secret), name
    assert "://" not in re.sub(r"http://(localhost|127)", "", COMPOSE.read_text())


def test_no_part_is_root_or_may_do_more_than_its_work(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert name in OURS or service["user"] == "10001:10001", name
        assert name == "postgres" or service["read_only"] is True, name
        assert not service.get("privileged"), name


def test_the_database_is_reached_by_the_site_alone_and_the_site_from_this_machine(services: dict[str, Any]) -> None:
    networks = yaml.safe_load(COMPOSE.read_text())["networks"]
    assert networks["data"] == {"internal": True}
    for name in ("postgres", "valkey"):
        assert services[name]["networks"] == ["data"]
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"web": ["${LISTEN:-127.0.0.1}:${PORT:-8000}:8000"]}


def test_web_and_worker_wait_for_the_migrations(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "tidy"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_parts_that_last_are_watched_and_no_other_is_asked_for_a_web(services: dict[str, Any]) -> None:
    for name in OURS:
        assert ("test" in services[name]["healthcheck"]) == (name in ("web", "worker")), name
        assert "test" in services[name]["healthcheck"] or services[name]["healthcheck"] == {"disable": True}


def test_secrets_are_written_by_one_part_and_read_by_the_others(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for volume in service["volumes"]:
            if volume.startswith(("secrets:", "server-secrets:")):
                assert volume.endswith(":ro") == (name != "secrets"), name
    assert not [volume for volume in services["web"]["volumes"] if volume.startswith("server-secrets")]


def test_the_images_are_those_of_this_release_and_of_the_cluster_at_home(
    services: dict[str, Any], local: list[Manifest]
) -> None:
    images = {container["image"] for pod in pods(local) for container in pod.containers}
    assert {services[name]["image"] for name in OURS} == {f"${{FACESITE_IMAGE:-localhost/facesite:{VERSION}}}"}
    assert {services["postgres"]["image"], services["valkey"]["image"]} <= images
