"""The image's recipe."""

from __future__ import annotations

import re
import subprocess

from tests.deploy.manifests import ROOT, tool

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_hadolint_has_nothing_to_say() -> None:
    done = subprocess.run([tool("hadolint"), ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.stdout + done.stderr == ""


def test_uv_is_the_one_that_made_the_lock() -> None:
    assert re.search(r"UV=(uv==\S+)", DOCKERFILE)[1] in (ROOT / "Makefile").read_text()


def test_only_what_the_image_needs_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    sent = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = {word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M) for word in line.split()}
    assert {path.split("/")[0] for path in copied} == sent


def test_the_image_holds_no_tools_of_checks_and_tests() -> None:
    """Node among them: a wheel of the dev group."""
    assert re.findall(r"uv sync (.*?) *\\?$", DOCKERFILE, re.M) == ["--frozen --no-default-groups --quiet"]


def test_the_image_names_every_package_of_the_site() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert packages <= {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines()}
