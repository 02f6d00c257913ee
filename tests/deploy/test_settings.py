"""The settings that pods are given: each is one that the site reads, and each secret is a file that is mounted."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

from tests.deploy.manifests import K8S, ROOT, Manifest, of_kind, ours, pods

SECRETS = PurePosixPath("/etc/facesite/secrets")


@pytest.fixture
def given(manifests: list[Manifest]) -> dict[str, str]:
    (settings,) = of_kind(manifests, "ConfigMap")
    return dict(settings["data"])


def test_every_setting_is_one_that_the_site_reads(given: dict[str, str], manifests: list[Manifest]) -> None:
    own = {entry["name"] for pod in pods(manifests) for c in filter(ours, pod.containers) for entry in c.get("env", [])}
    source = "".join((ROOT / f"facesite/{name}.py").read_text() for name in ("settings", "env", "fixed_days"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    assert {re.sub("(?<!ALIVE)_FILE$", "", name) for name in own | set(given)} <= read


def test_no_secret_is_among_the_settings(given: dict[str, str]) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"):
        assert name not in given
        assert given[f"{name}_FILE"] == str(SECRETS / name)
    assert not [value for value in given.values() if "@" in value]


def test_channels_have_links_and_networks(given: dict[str, str]) -> None:
    assert given["SITE_URL"] in given["CSRF_TRUSTED_ORIGINS"]
    assert given["CHANNEL_NETWORKS"] and given["CAMERA_NETWORKS"]


def test_debug_is_never_on(given: dict[str, str]) -> None:
    assert "DEBUG" not in given


def test_a_workers_capacity_is_stated(given: dict[str, str]) -> None:
    """Otherwise it would be guessed from the cores of the node, of which the pod has a part."""
    assert 1 <= int(given["WORKER_CAMERAS"]) <= 16


def test_each_of_our_containers_has_settings_and_secrets(manifests: list[Manifest]) -> None:
    for pod in pods(manifests):
        for container in filter(ours, pod.containers):
            mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
            assert mounts["secrets"] == {"name": "secrets", "mountPath": str(SECRETS), "readOnly": True}, pod.name
            assert [source["configMapRef"]["name"] for source in container["envFrom"]], pod.name


def test_the_cloud_delivers_every_secret(gke: list[Manifest]) -> None:
    (provider,) = of_kind(gke, "SecretProviderClass")
    files = re.findall(r'path: "(\w+)"', provider["spec"]["parameters"]["secrets"])
    assert files == ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "REDIS_CA"]


def test_the_handbook_makes_every_secret() -> None:
    handbook = (K8S / "README.md").read_text()
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "POSTGRES_PASSWORD", "VALKEY_CONF"):
        assert f"--from-literal={name}=" in handbook
    for name in ("facesite-secret-key", "facesite-database-url", "facesite-redis-url", "facesite-redis-ca"):
        assert f"secrets create {name}" in handbook
    assert "create secret generic facesite-metrics --from-literal=token=" in handbook


def test_redis_always_asks_for_a_password_and_speaks_tls_in_the_cloud() -> None:
    handbook = (K8S / "README.md").read_text()
    addresses = re.findall(r"rediss?://[^@\s]*@[^\s\"]+", handbook)
    assert [address.partition("@")[0] for address in addresses] == [
        "redis://:$REDIS_PASSWORD",
        "rediss://:$REDIS_PASSWORD",
    ]
    assert "--enable-auth" in handbook
    assert "--transit-encryption-mode=SERVER_AUTHENTICATION" in handbook
    assert f"ssl_ca_certs={SECRETS / 'REDIS_CA'}&" in addresses[1]


def test_the_local_redis_reads_its_password_from_the_secret(local: list[Manifest]) -> None:
    (redis,) = [pod for pod in pods(local) if pod.name == "Deployment redis"]
    (container,) = redis.containers
    (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == "secrets"]
    (item,) = redis.volumes["secrets"]["secret"]["items"]
    assert item["key"] == "VALKEY_CONF"
    assert container["args"][:2] == ["valkey-server", f"{mount['mountPath']}/{item['path']}"]
