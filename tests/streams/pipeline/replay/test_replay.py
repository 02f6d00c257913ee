"""`manage.py replay`."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfile, copytree

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def people(portraits: Path, tmp_path: Path) -> Path:
    """Both kinds of folder at once: a folder per person, and a photo per name; and a file that is no photo."""
    (tmp_path / "people" / "barack_obama").mkdir(parents=True)
    copyfile(portraits / "obama.jpg", tmp_path / "people" / "barack_obama" / "1.jpg")
    copyfile(portraits / "biden.jpg", tmp_path / "people" / "Joe Biden.jpg")
    (tmp_path / "people" / "notes.txt").write_text("no photo")
    return tmp_path / "people"


def test_a_replay_lists_sightings_and_a_summary_as_json_lines(
    people: Path, shared_faces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = shared_faces / "video" / "obama_library_5s.mp4"
    call_command("replay", clip, gallery=people, labels=shared_faces / "labels.json", json=True, analysis_fps=4)
    out = capsys.readouterr()
    sighting, summary = [json.loads(line) for line in out.out.splitlines()]
    assert (sighting["type"], sighting["person"]) == ("sighting", "barack_obama")
    assert summary["frames"] == 147
    assert summary["right_s"] > 3.5
    assert (summary["wrong_s"], summary["strangers_named"]) == (0, 0)
    (obama,) = summary["named_after_s"]
    assert (obama["person"], obama["visible_from_s"]) == ("barack_obama", 0)
    assert 0 < obama["named_after_s"] < 1
    assert {"detect", "encode", "motion"} <= set(summary["ms"])
    assert "notes.txt" in out.err


@pytest.mark.parametrize("told", [{"turn": 180}, {"regions": "corner"}])
def test_a_replay_is_turned_and_masked_as_a_camera_is(
    people: Path, shared_faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], told: dict[str, object]
) -> None:
    corner = tmp_path / "corner.json"
    points = [[0, 0.9], [0.1, 0.9], [0.1, 1], [0, 1]]
    corner.write_text(json.dumps([{"name": "Corner", "kind": "look_here", "points": points}]))
    options = {name: corner if value == "corner" else value for name, value in told.items()}
    clip = shared_faces / "video" / "obama_library_5s.mp4"
    call_command("replay", clip, gallery=people, json=True, analysis_fps=2, **options)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert not [row for row in rows if row.get("person")]


def test_regions_of_a_replay_that_cannot_be_used_are_refused(people: Path, shared_faces: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('[{"kind": "look_here", "points": []}]')
    clip = shared_faces / "video" / "obama_library_5s.mp4"
    with pytest.raises(CommandError, match="3 to 60 corners"):
        call_command("replay", clip, gallery=people, regions=tmp_path / "bad.json")


@pytest.mark.integration
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("clip", "smallest_px", "visible"),
    [
        ("obama_library_5s.mp4", 80, {"barack_obama"}),
        ("short_hamilton_clip.mp4", 40, {"lin_manuel_miranda", "alex_lacamoire"}),
    ],
)
def test_nobody_in_a_clip_is_given_the_name_of_somebody_who_is_not_in_it(
    shared_faces: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    clip: str,
    smallest_px: int,
    visible: set[str],
) -> None:
    people = [folder for folder in sorted((shared_faces / "people").iterdir()) if folder.name not in visible]
    for folder in people:
        copytree(folder, tmp_path / folder.name, ignore=lambda _folder, names: sorted(names)[3:])
    options = {"labels": shared_faces / "labels.json", "smallest_face": smallest_px, "json": True}
    call_command("replay", shared_faces / "video" / clip, gallery=tmp_path, **options)
    *sightings, summary = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sightings
    assert (summary["right_s"], summary["wrong_s"], summary["strangers_named"]) == (0, 0, 0)


def test_a_replay_for_people_is_a_table(people: Path, shared_faces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, labels = shared_faces / "video" / "obama_library_5s.mp4", shared_faces / "labels.json"
    call_command("replay", clip, gallery=people, labels=labels, analysis_fps=4)
    table = capsys.readouterr().out
    assert "  barack_obama  (distance" in table
    assert "barack_obama, visible from 0.00 s: named after" in table


@pytest.mark.parametrize(
    ("source", "complaint"), [("bad/video/text_renamed.mp4", "not a video"), ("nothing.mp4", "does not exist")]
)
def test_a_bad_source_is_refused_in_words(people: Path, shared_faces: Path, source: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("replay", shared_faces / source, gallery=people)


def test_a_missing_gallery_is_refused_in_words(tmp_path: Path, shared_faces: Path) -> None:
    with pytest.raises(CommandError, match="no folder"):
        call_command("replay", shared_faces / "video" / "obama_library_5s.mp4", gallery=tmp_path / "none")


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ("no json", "labels.json is not JSON"),
        ("[]", "not in the expected form"),
        ('{"files": []}', "no clip 'obama_library_5s.mp4'"),
        ('{"files": [{"path": "obama_library_5s.mp4", "timeline": [{"person": "a", "start": "x"}]}]}', "expected form"),
    ],
)
def test_bad_labels_are_refused_in_words(tmp_path: Path, shared_faces: Path, labels: str, complaint: str) -> None:
    (tmp_path / "labels.json").write_text(labels)
    (tmp_path / "nobody").mkdir()
    with pytest.raises(CommandError, match=complaint):
        call_command(
            "replay",
            shared_faces / "video" / "obama_library_5s.mp4",
            gallery=tmp_path / "nobody",
            labels=tmp_path / "labels.json",
        )
