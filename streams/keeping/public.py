"""What everybody may know of the schedule: what is kept, what for and how long, and whom to ask. It counts nobody."""

from __future__ import annotations

from dataclasses import dataclass

from people.records.keeping_term import KEPT, KeptKind, in_days, terms
from people.records.privacy_notice import PrivacyNotice, privacy_notice
from streams.records.camera import Camera
from streams.records.camera_keeping import CameraKeeping
from streams.records.states import KEPT_OF_NO_STRANGER, StrangersKept

SAID_OF_STRANGERS = {
    StrangersKept.NUMBERS: "Of strangers only times are written down: no picture, and nothing to recognise them by.",
    StrangersKept.NOTHING: "Nothing of strangers is kept. Who is taken for somebody known stays until somebody looks.",
    StrangersKept.DISCARDED: "Strangers are discarded at once: nothing of them is ever written down.",
}


@dataclass(frozen=True, slots=True)
class PublicTerm:
    kind: str
    name: str
    purpose: str
    days: int | None
    how_long: str
    since: str


@dataclass(frozen=True, slots=True)
class PublicDifference:
    """What is different at some cameras: their names, if the owner says so, else only how many they are."""

    says: str
    cameras: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PublicNotice:
    place: str
    contact: str
    terms: tuple[PublicTerm, ...]
    differences: tuple[PublicDifference, ...]
    discards_everywhere: bool
    """Whether no camera keeps anything of strangers."""


def public_notice() -> PublicNotice:
    """Reads it in five short queries. Only cameras that are switched on count: the others see nobody."""
    notice, cameras = privacy_notice(), list(Camera.objects.enabled().only("pk", "name", "strangers").order_by("name"))
    kept = tuple(
        PublicTerm(
            term.kind,
            KEPT[term.kind].public or KeptKind(term.kind).label,
            term.purpose,
            term.days,
            in_days(term.kind, term.days),
            KEPT[term.kind].since if term.days else "",
        )
        for term in terms()
    )
    return PublicNotice(
        notice.place,
        notice.contact,
        kept,
        _differences(notice, cameras),
        bool(cameras) and all(camera.strangers in KEPT_OF_NO_STRANGER for camera in cameras),
    )


def _differences(notice: PrivacyNotice, cameras: list[Camera]) -> tuple[PublicDifference, ...]:
    own = CameraKeeping.objects.in_bulk()
    said: dict[str, list[str]] = {}
    for camera in cameras:
        sentences = [_of_days(own[camera.pk])] if camera.pk in own else []
        sentences += [words] if (words := SAID_OF_STRANGERS.get(StrangersKept(camera.strangers))) else []
        for sentence in sentences:
            said.setdefault(sentence, []).append(camera.name)
    return tuple(
        PublicDifference(sentence, tuple(names) if notice.names_cameras else (), len(names))
        for sentence, names in said.items()
    )


def _of_days(own: CameraKeeping) -> str:
    return "; ".join(f"{KeptKind(kind).label}: {in_days(kind, days)}" for kind, days in own.days().items()) + "."
