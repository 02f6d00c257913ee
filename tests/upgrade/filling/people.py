"""People and their photos in every state. Paula is drawn; of the others there are random numbers."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from tests.upgrade.filling.rows import AT, EARLIER_ENGINE, identity, minute, row, unit_vector


def add_people() -> dict[str, Any]:
    """By first name; Ruth was two records once."""
    people = {
        "paula": row("people.Person", id=identity(11), name="Paula Paint", metadata={"badge": 17, "floor": "2"}),
        "ruth": row("people.Person", id=identity(12), name="Ruth Random", external_id="hr-2", notes="On Mondays."),
        "noah": row("people.Person", id=identity(13), name="Noah Noise"),
        "rex": row("people.Person", id=identity(14), name="Rex Retired", retired_at=AT),
    }
    row("people.MergedPerson", old_id=identity(19), into=people["ruth"])
    for name, members in (("VIPs", ["paula", "ruth"]), ("Banned", ["noah"]), ("Nobody", [])):
        row("people.Watchlist", name=name, description="For the test.").people.set(map(people.__getitem__, members))
    return people


def add_photos(people: dict[str, Any], drawn: bytes) -> None:
    """Paula's is read by the release itself, whose engine follows an earlier one; a second one is left waiting."""
    row("people.EngineChoice", engine=EARLIER_ENGINE)
    paulas = _photo(people["paula"], 1, drawn, state="pending", sha256=sha256(drawn).hexdigest())
    _enrol(people["paula"].name, drawn)
    paulas.refresh_from_db()
    engine = paulas.encodings.get().engine
    row("people.Encoding", photo=paulas, engine=EARLIER_ENGINE, vector=unit_vector(1), quality=0.5)
    for number, name in enumerate(("ruth", "ruth", "noah", "rex"), 2):
        photo = _photo(people[name], number, drawn, state="enrolled", decided_at=AT)
        row("people.Encoding", photo=photo, engine=engine, vector=unit_vector(number), quality=0.75)
    row("people.EngineChoice", engine=engine, previous=EARLIER_ENGINE, missing_photos=4)
    _add_unenrolled(people, drawn, faces=paulas.faces * 2)


def _enrol(name: str, drawn: bytes) -> None:
    """Brings a file that waits already, and stays until this release has read it. Exits with 1 if it is refused."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name / "drawn.jpg"
        file.parent.mkdir()
        file.write_bytes(drawn)
        call_command("enrol_folder", folder, verbosity=0)


def _add_unenrolled(people: dict[str, Any], drawn: bytes, faces: list[Any]) -> None:
    like = {"person": str(people["ruth"].pk), "distance": 0.3}
    told: list[dict[str, Any]] = [
        {"state": "review", "reason": "looks_like_other", "reason_detail": like},
        {"state": "choose", "reason": "several_faces", "faces": faces},
        {"state": "rejected", "reason": "face_too_small", "reason_detail": {"face_px": 31, "wanted_px": 60}},
    ]
    for number, values in enumerate(told, 6):
        _photo(people["noah"], number, drawn, decided_at=AT, **values)
    _photo(people["paula"], 9, drawn, state="pending")


def _photo(person: Any, number: int, drawn: bytes, **values: Any) -> Any:
    """All of them are pictures of the drawn face."""
    image = default_storage.save(f"photos/{number:032}", ContentFile(drawn))
    own = {"sha256": f"{number:064}", "due_at": AT, "original_name": f"{number}.jpg", "created_at": minute(number)}
    return row("people.Photo", id=identity(100 + number), person=person, image=image, **{**own, **values})
