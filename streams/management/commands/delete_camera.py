"""`manage.py delete_camera`: delete a camera with however many sightings, which a page would not wait for."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.cameras.deleting import Seen, delete_camera
from streams.errors import HasSightings
from streams.records.camera import Camera


class Command(BaseCommand):
    help = "Delete a camera; with --with-sightings everything that it saw, too: about a minute for 100,000 sightings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its short name in addresses")
        parser.add_argument("--with-sightings", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        camera = Camera.objects.filter(slug=options["slug"]).first()
        if camera is None:
            raise CommandError(f"There is no camera {options['slug']}.")
        seen = Seen.by(camera)
        try:
            delete_camera(camera=camera, by=None, with_sightings=options["with_sightings"], at_most=None)
        except HasSightings as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Deleted {camera.name} with {seen}.")
