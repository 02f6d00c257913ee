"""Fills an empty site with the demo: a login, three portraits of two people, and a camera that shows them."""

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

LOGIN = "demo"
PASSWORD = "demo-password"  # noqa: S105 - the name of the file under VAR that keeps it
CLIP = "demo/entrance.mp4"
# obama3.jpg and the astronaut are in the clip but not enrolled: a picture never seen before, and a stranger.
PHOTOS = {"Barack Obama": ["obama.jpg", "obama2.jpg"], "Joe Biden": ["biden.jpg"]}


def seed(say: Callable[[str], None]) -> None:
    """Makes the missing parts of the demo, and changes nothing that exists."""
    if not User.objects.exists():
        User.objects.create_superuser(LOGIN, password=kept_secret(PASSWORD, bytes_=9))
    if not Person.objects.exists():
        say("Enrolling the demo people …")
        call_command("enrol_folder", str(_folder_of_people()))
    if not Camera.objects.exists():
        clip = Path(settings.MEDIA_ROOT) / CLIP
        if not clip.exists():
            say("Making the demo camera's clip …")
            make_clip(settings.PORTRAITS, clip)
        Camera.objects.create(
            name="Entrance hall", slug="entrance", source=CLIP, loop=True, analysis_fps=10, smallest_face_px=100
        )


def login() -> str:
    """Returns the demo's login in words, or "your own" if its password is no longer the one that was made."""
    password = kept_secret(PASSWORD, bytes_=9)
    if authenticate(username=LOGIN, password=password):
        return f"user {LOGIN}, password {password}"
    return "your own"


def _folder_of_people() -> Path:
    """Makes a folder of <name>/<photo>, as `enrol_folder` wants it."""
    folder = VAR / "demo" / "people"
    for name, photos in PHOTOS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for photo in photos:
            copyfile(settings.PORTRAITS / photo, folder / name / photo)
    return folder
