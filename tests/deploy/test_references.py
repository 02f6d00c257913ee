"""Every name in the manifests is answered, and the checks that say so can fail."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest

from tests.conftest import ROOT
from tests.deploy import references
from tests.deploy.manifests import Manifest, of_kind

CHECKS = [references.selectors, references.names, references.volumes, references.ports]
Check = Callable[[list[Manifest]], Iterator[str]]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_named_that_is_not_there(manifests: list[Manifest], check: Check) -> None:
    assert list(check(manifests)) == []


def test_the_image_is_this_release(manifests: list[Manifest]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    (container,) = _web(manifests)["spec"]["template"]["spec"]["containers"]
    assert container["image"].endswith(f"/facesite:{version}")


def _web(manifests: list[Manifest]) -> Manifest:
    return next(m for m in of_kind(manifests, "Deployment") if m["metadata"]["name"] == "web")


def _relabel(manifests: list[Manifest]) -> None:
    _web(manifests)["spec"]["template"]["metadata"]["labels"] = {"app.kubernetes.io/name": "wbe"}


def _forget_settings(manifests: list[Manifest]) -> None:
    manifests.remove(next(m for m in of_kind(manifests, "ConfigMap")))


def _forget_a_volume(manifests: list[Manifest]) -> None:
    _web(manifests)["spec"]["template"]["spec"]["volumes"].pop()


def _rename_the_port(manifests: list[Manifest]) -> None:
    _web(manifests)["spec"]["template"]["spec"]["containers"][0]["ports"][0]["name"] = "www"


MISTAKES = [_relabel, _forget_settings, _forget_a_volume, _rename_the_port]


@pytest.mark.parametrize(("check", "spoil"), [*zip(CHECKS, MISTAKES, strict=True)], ids=lambda part: part.__name__)
def test_a_mistake_is_found(manifests: list[Manifest], check: Check, spoil: Callable[[list[Manifest]], None]) -> None:
    spoilt = deepcopy(manifests)
    spoil(spoilt)
    assert list(check(spoilt))
