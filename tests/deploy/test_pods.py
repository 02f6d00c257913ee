"""What every pod promises: no rights, bounded resources, probes that exist, commands that exist."""

from __future__ import annotations

import tomllib

from django.core.management import get_commands
from django.urls import resolve

from facesite.worker.worker import DRAIN_S
from tests.deploy.manifests import ROOT, Manifest, ours, pods
from tests.deploy.references import probes

UNITS = {"m": 0.001, "Mi": 2**20, "Gi": 2**30}


def amount(quantity: str) -> float:
    """Of cores or bytes: 250m is 0.25, 1Gi is 1073741824."""
    for unit, factor in UNITS.items():
        if quantity.endswith(unit):
            return float(quantity.removesuffix(unit)) * factor
    return float(quantity)


def test_containers_can_do_nothing_but_their_work(manifests: list[Manifest]) -> None:
    for pod in pods(manifests):
        assert pod.spec["automountServiceAccountToken"] is False, pod.name
        assert pod.spec["securityContext"]["runAsNonRoot"] is True, pod.name
        assert pod.spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, pod.name
        for container in pod.containers:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True, pod.name
            assert rights["allowPrivilegeEscalation"] is False, pod.name
            assert rights["capabilities"] == {"drop": ["ALL"]}, pod.name


def test_our_containers_run_as_the_user_of_the_image(manifests: list[Manifest]) -> None:
    user = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("USER "))
    for pod in pods(manifests):
        if ours(pod.spec["containers"][0]):
            context = pod.spec["securityContext"]
            assert user == f"USER {context['runAsUser']}:{context['runAsGroup']}", pod.name


def test_requests_are_stated_and_within_their_limits(manifests: list[Manifest]) -> None:
    for pod in pods(manifests):
        for container in pod.containers:
            requests, limits = container["resources"]["requests"], container["resources"]["limits"]
            assert requests.keys() == {"cpu", "memory"}, pod.name
            assert "memory" in limits, pod.name
            for name in requests.keys() & limits.keys():
                assert amount(requests[name]) <= amount(limits[name]), f"{pod.name}: {name}"


def test_nothing_is_written_outside_a_volume_with_a_limit(manifests: list[Manifest]) -> None:
    for pod in pods(manifests):
        for volume in pod.volumes.values():
            assert "hostPath" not in volume, pod.name
            if "emptyDir" in volume:
                assert volume["emptyDir"]["sizeLimit"], pod.name


def test_probes_ask_pages_that_exist(manifests: list[Manifest]) -> None:
    asked = set()
    for pod in pods(manifests):
        for container in filter(ours, pod.containers):
            asked |= {probe["httpGet"]["path"] for probe in probes(container) if "httpGet" in probe}
    asked |= {m["spec"]["healthCheck"]["requestPath"] for m in manifests if m["kind"] == "BackendConfig"}
    assert asked == {"/livez", "/readyz"}
    for path in asked:
        assert resolve(path)


def test_commands_exist(manifests: list[Manifest]) -> None:
    called = {
        container["args"][2]
        for pod in pods(manifests)
        for container in pod.containers
        if "args" in container and ours(container)
    }
    assert called == {"migrate", "runworker", "clearsessions", "tidy"}
    assert called <= get_commands().keys()


def test_pods_end_later_than_their_process_needs(manifests: list[Manifest]) -> None:
    for pod in pods(manifests):
        if pod.owner["metadata"]["name"] == "worker":
            assert pod.spec["terminationGracePeriodSeconds"] > DRAIN_S
        if pod.owner["metadata"]["name"] == "web":
            web = pod.spec["containers"][0]
            waits = int(web["lifecycle"]["preStop"]["exec"]["command"][1])
            image = (ROOT / "Dockerfile").read_text()
            graceful = int(image.rsplit('"--timeout-graceful-shutdown", "', 1)[1].split('"')[0])
            assert pod.spec["terminationGracePeriodSeconds"] > waits + graceful


def test_the_images_tag_is_the_projects_version(manifests: list[Manifest]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    images = {c["image"] for pod in pods(manifests) for c in pod.containers if ours(c)}
    assert [image.rsplit(":", 1)[1] for image in images] == [version]
    assert not any(
        c["image"].endswith(":latest") or ":" not in c["image"] for pod in pods(manifests) for c in pod.containers
    )
