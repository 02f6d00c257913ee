"""The Kubernetes manifests as they would be applied, and the pods in them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
K8S = ROOT / "k8s"
OVERLAYS = ("local", "gke")
Manifest = dict[str, Any]


def tool(name: str) -> str:
    """A program that `make setup` installed beside Python."""
    return str(Path(sys.executable).parent / name)


def render(overlay: str) -> list[Manifest]:
    """What `kubectl apply -k` would send."""
    folder = K8S / "overlays" / overlay
    done = subprocess.run([tool("kubectl"), "kustomize", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest]


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod template and the object that it belongs to."""

    owner: Manifest
    template: Manifest

    @property
    def name(self) -> str:
        return f"{self.owner['kind']} {self.owner['metadata']['name']}"

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.template["metadata"]["labels"])

    @property
    def spec(self) -> Manifest:
        return dict(self.template["spec"])

    @property
    def containers(self) -> list[Manifest]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def volumes(self) -> dict[str, Manifest]:
        claimed = self.owner["spec"].get("volumeClaimTemplates", [])
        return {v["name"]: v for v in self.spec.get("volumes", [])} | {c["metadata"]["name"]: c for c in claimed}

    def ports(self) -> dict[str, int]:
        return {p["name"]: p["containerPort"] for c in self.containers for p in c.get("ports", [])}


def pods(manifests: list[Manifest]) -> Iterator[Pod]:
    """Of Deployments, StatefulSets, Jobs and CronJobs."""
    for manifest in manifests:
        if manifest["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield Pod(manifest, manifest["spec"]["template"])
        elif manifest["kind"] == "CronJob":
            yield Pod(manifest, manifest["spec"]["jobTemplate"]["spec"]["template"])


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def name_of(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def ours(container: Manifest) -> bool:
    """Whether the container runs our own image."""
    return str(container["image"]).rsplit(":", 1)[0].endswith("/facesite")
