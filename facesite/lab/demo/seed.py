"""Fills an empty site with the demo: a login, three portraits of two people, and a camera that shows them.

Its pictures lie under VAR/demo: `people` as they were enrolled, and `to-try`, which nobody has enrolled yet.
"""

from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command

from facesite.env import VAR, kept_secret
from facesite.lab.demo.clip import make_clip
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.states import CameraRole

LOGIN = "demo"
PASSWORD = "demo-password"  # noqa: S105 - the name of the file under VAR that keeps it
CLIP = "demo/entrance.mp4"
# obama3.jpg and the astronaut are in the clip but not enrolled: a picture never seen before, and a stranger.
PHOTOS = {"Barack Obama": ["obama.jpg", "obama2.jpg"], "Joe Biden": ["biden.jpg"]}
NOT_ENROLLED = ["astronaut.png", "obama3.jpg"]
PEOPLE, TO_TRY = VAR / "demo" / "people", VAR / "demo" / "to-try"


def seed(say: Callable[[str], None]) -> None:
    """Makes the missing parts of the demo, and changes nothing that exists."""
    _lay_out_pictures()
    if not User.objects.exists():
        User.objects.create_superuser(LOGIN, password=kept_secret(PASSWORD, bytes_=9))
    if not Person.objects.exists():
        say("Enrolling the demo people …")
        call_command("enrol_folder", str(PEOPLE))
    if not Camera.objects.exists():
        clip = Path(settings.MEDIA_ROOT) / CLIP
        if not clip.exists():
            say("Making the demo camera's clip …")
            make_clip(settings.PORTRAITS, clip)
        Camera.objects.create(
            name="Entrance hall",
            slug="entrance",
            source=CLIP,
            loop=True,
            analysis_fps=10,
            smallest_face_px=100,
            role=CameraRole.ENTRANCE,
        )


def password() -> str | None:
    """Returns the demo's password, or None if somebody has changed it."""
    made = kept_secret(PASSWORD, bytes_=9)
    return made if authenticate(username=LOGIN, password=made) else None


def _lay_out_pictures() -> None:
    """<name>/<photo> as `enrol_folder` wants it, and those to try; a site of an older release gets what it lacks."""
    for name, photos in PHOTOS.items():
        _copy(photos, PEOPLE / name)
    _copy(NOT_ENROLLED, TO_TRY)


def _copy(names: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not (folder / name).exists():
            unfinished = folder / f".{name}.unfinished"
            copyfile(settings.PORTRAITS / name, unfinished)
            unfinished.replace(folder / name)
