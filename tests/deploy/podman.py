"""Runs rendered manifests as real pods, with podman in place of a cluster.

What a cluster would add is left out: probes (the tests ask by themselves), services and network policies. The pods
share the machine's network, so their ports are free ones.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from copy import deepcopy
from pathlib import Path

import yaml

from tests.deploy.manifests import Manifest

TOOLS = ("podman", "runc", "catatonit")
STORE = Path(os.environ.get("STORE", "/var/tmp/facesite-images"))
# crun, podman's default, asks for limits that a container's root may not set; runc takes these.
CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def missing() -> str:
    """What is not there to run pods with; empty when all is."""
    if absent := [name for name in TOOLS if not shutil.which(name)]:
        return f"not installed: {', '.join(absent)}"
    return "" if (STORE / "root").exists() else f"no image in {STORE}: run `make image`"


class Podman:
    """One place for pods, which are all removed by `down`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "containers.conf").write_text(CONTAINERS_CONF)
        self._environment = {**os.environ, "CONTAINERS_CONF": str(folder / "containers.conf")}
        self._played: list[Path] = []

    def __call__(self, *arguments: str, check: bool = True) -> str:
        storage = ["--root", STORE / "root", "--runroot", STORE / "run", "--storage-driver", "overlay"]
        done = subprocess.run(
            ["podman", *storage, *arguments], env=self._environment, capture_output=True, text=True, timeout=100
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
        """Also what an earlier, broken-off test left."""
        for file in reversed(self._played):
            self("play", "kube", "--down", str(file), check=False)
        self("volume", "rm", "--all", "--force")


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
