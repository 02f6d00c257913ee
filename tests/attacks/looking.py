"""Attacks on the answers about pictures that are not saved: who gets them, and about whom."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from people.records.photo import Photo
from tests.attacks.attackers import Attacker
from tests.attacks.table import attack
from tests.attacks.world import World

MAY = ("enroller", "administrator")


@attack("looks", "Only who may add photos to somebody has pictures looked at for them, and nothing of these is kept.")
def unasked_looks(attacker: Attacker, world: World) -> None:
    may = attacker.name.removeprefix("limited ") in MAY
    whom = {"": may, str(world.inside.pk): may, str(world.outside.pk): may and not attacker.limited}
    for person, expected in whom.items():
        answer = _post(attacker, "check", SimpleUploadedFile("a.jpg", b"hello"), person=person)
        assert (answer.status_code == 200) == expected, (person, answer.status_code)
    answer = _post(attacker, "frame", SimpleUploadedFile("a.jpg", b""))
    assert (answer.status_code not in (302, 403)) == may, answer.status_code
    assert not Photo.objects.exists()


def _post(attacker: Attacker, what: str, image: SimpleUploadedFile, **fields: str) -> HttpResponse:
    answer = attacker.pages.post(f"/admin/people/person/{what}/", {"image": image, **fields})
    assert answer.status_code < 500
    return answer
