"""The command that installs the liveness network: it says what it is, asks, and leaves only what was published."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from people.recognition.liveness import published
from streams.cameras.configs import camera_config
from streams.management.commands import fetch_liveness
from streams.records.camera import Camera


@pytest.fixture(autouse=True)
def models(tmp_path: Path, settings: Any) -> Path:
    settings.MODEL_CACHE = tmp_path / "models"
    return tmp_path / "models"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, as_published: bytes) -> list[str]:
    """A registry that gives the published network; what was asked of it."""
    asked: list[str] = []
    monkeypatch.setattr(fetch_liveness, "fetched", lambda: asked.append("fetched") or as_published)
    return asked


def said(*options: str) -> str:
    out = io.StringIO()
    call_command("fetch_liveness", *options, stdout=out, no_color=True)
    return out.getvalue()


def answer(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setattr("builtins.input", lambda _: word)


def test_it_says_what_it_is_before_it_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str], models: Path
) -> None:
    told: list[str] = []
    monkeypatch.setattr("builtins.input", lambda _: told.append(capsys.readouterr().out) or "no")
    with pytest.raises(CommandError, match="Nothing was installed"):
        call_command("fetch_liveness")
    for part in (published.PACKAGE, published.LICENCE, published.PROVENANCE, published.MISSES, published.NO_PROOF):
        assert part in told[0]
    assert given == [] and not models.exists()


@pytest.mark.parametrize("word", ["yes", "Y "])
def test_it_installs_after_a_yes(monkeypatch: pytest.MonkeyPatch, given: list[str], models: Path, word: str) -> None:
    answer(monkeypatch, word)
    assert "Installed" in said()
    assert published.is_installed(models) and given == ["fetched"]
    assert said() == "It is installed already.\n"
    assert given == ["fetched"]


def test_a_script_says_accept_and_is_told_so_otherwise(
    monkeypatch: pytest.MonkeyPatch, given: list[str], models: Path
) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="--accept"):
        said()
    assert not models.exists()
    said("--accept")
    assert published.is_installed(models)


def test_a_machine_without_a_net_gets_it_from_a_file(given: list[str], as_published: bytes, tmp_path: Path) -> None:
    (tmp_path / "it.onnx").write_bytes(as_published)
    assert "Installed" in said("--accept", "--from", str(tmp_path / "it.onnx"))
    assert given == []


@pytest.mark.parametrize(
    ("content", "problem"), [(b"something else", "not the published file"), (None, "No such file")]
)
def test_another_file_installs_nothing(tmp_path: Path, models: Path, content: bytes | None, problem: str) -> None:
    if content is not None:
        (tmp_path / "it.onnx").write_bytes(content)
    with pytest.raises(CommandError, match=problem):
        said("--accept", "--from", str(tmp_path / "it.onnx"))
    assert not published.path_in(models).exists()


def test_a_damaged_one_is_fetched_again(given: list[str], models: Path) -> None:
    said("--accept")
    published.path_in(models).write_bytes(b"damaged")
    said("--accept")
    assert published.is_installed(models)


def test_it_is_removed(given: list[str], models: Path) -> None:
    said("--accept")
    assert "Removed" in said("--remove")
    assert not published.is_installed(models)
    assert "not installed" in said("--remove")


def test_a_camera_that_asks_gets_a_new_child_when_the_network_comes_or_goes(given: list[str]) -> None:
    asking, other = Camera(pk=1, slug="a", source="0", liveness_hint=True), Camera(pk=2, slug="b", source="0")
    without, plain = camera_config(asking), camera_config(other)
    assert (without.liveness_hint, without.has_liveness) == (True, False)
    said("--accept")
    assert camera_config(asking).has_liveness
    assert camera_config(other) == plain
    said("--remove")
    assert camera_config(asking) == without
