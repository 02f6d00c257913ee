"""Runs rendered manifests as real pods, with podman in place of a cluster.

What a cluster would add is left out: probes (the tests ask by themselves), services and network policies. The pods
share the machine's network, so their ports are free ones.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path

import yaml

from tests.deploy.manifests import ROOT, Manifest

TOOLS = ("podman", "runc", "catatonit")
STORE = Path(os.environ.get("STORE", "/var/tmp/facesite-images"))
STORAGE = ("--root", str(STORE / "root"), "--runroot", str(STORE / "run"), "--storage-driver", "overlay")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
# What the pods of overlays/local mount, by podman's names: it keeps a folder for each claim, secret and emptyDir.
VOLUMES = ("media", "facesite-secrets", "tmp")
IMAGE = f"localhost/facesite:{VERSION}"
STANDALONE = f"localhost/facesite-standalone:{VERSION}"
# crun, podman's default, asks for limits that a container's root may not set; runc takes these.
CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


@cache
def missing() -> str:
    """Says what is not there to run pods with: tools, the image, or an image of these very sources. Empty if all is.

    Raises AssertionError instead where IMAGE_WANTED is set, as `make test-image` does: CI must not skip these tests.
    """
    lack = _lack()
    assert not (lack and os.environ.get("IMAGE_WANTED")), lack
    return lack


def _lack() -> str:
    if absent := [name for name in TOOLS if not shutil.which(name)]:
        return f"not installed: {', '.join(absent)}"
    if not (STORE / "root").exists():
        return f"no image in {STORE}: run `make image`"
    label = '{{index .Config.Labels "source"}}'
    wanted = _said(str(ROOT / "k8s/build-image.sh"), "--digest")
    for image in (IMAGE, STANDALONE):
        if _said("podman", *STORAGE, "image", "inspect", "--format", label, image) != wanted:
            return f"{image} is of other sources, or not there: run `make image`"
    return ""


def _said(*command: str) -> str:
    """What `command` prints; nothing when it fails."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT).stdout.strip()


class Podman:
    """One place for pods, which are all removed by `down`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "containers.conf").write_text(CONTAINERS_CONF)
        self._environment = {**os.environ, "CONTAINERS_CONF": str(folder / "containers.conf")}
        self._played: list[Path] = []

    def __call__(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["podman", *STORAGE, *arguments], env=self._environment, capture_output=True, text=True, timeout=100
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout + (done.stderr if not check else "")

    def play(self, name: str, manifests: list[Manifest]) -> None:
        file = self._folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump_all(manifests))
        self._played.append(file)
        self("play", "kube", str(file))

    def logs(self, container: str) -> str:
        return self("logs", container, check=False)

    def await_end(self, container: str, *, within_s: float) -> int:
        """The exit code of a container that ends by itself."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            running, code = self("inspect", container, "--format", "{{.State.Running}} {{.State.ExitCode}}").split()
            if running == "false":
                return int(code)
            time.sleep(0.2)
        raise TimeoutError(f"{container} still runs after {within_s:g} s: {self.logs(container)}")

    def down(self) -> None:
        """Removes the pods that were played."""
        for file in reversed(self._played):
            self("play", "kube", "--down", str(file), check=False)
        self.clear()

    def clear(self, *pods: str) -> None:
        """Removes pods of these names and every volume of a pod: what a run that was killed has left."""
        for pod in pods:
            self("pod", "rm", "--force", "--ignore", pod)
        left = set(self("volume", "ls", "--quiet").split())
        for volume in VOLUMES:
            if volume in left:
                self("volume", "rm", "--force", volume)


def as_pod(template: Manifest, name: str) -> Manifest:
    """A pod by itself of a Deployment's or Job's template, on the machine's network."""
    spec = deepcopy(template["spec"])
    spec["hostNetwork"] = True
    spec["restartPolicy"] = "Never"  # podman 4.3 would start init containers again as well
    for container in (*spec.get("initContainers", []), *spec["containers"]):
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            container.pop(probe, None)
        container.pop("ports", None)
    for volume in spec["volumes"]:
        if "secret" in volume:
            volume["configMap"] = {"name": f"{volume.pop('secret')['secretName']}-secrets"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def secret(name: str, values: dict[str, str]) -> Manifest:
    """As a config map, which `as_pod` mounts in its place: podman 4.3 hands secrets out still encoded."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{name}-secrets"}, "data": values}
