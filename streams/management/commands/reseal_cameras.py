"""Seals every camera's password anew with the newest key, so that the old ones can be thrown away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.cameras.services import reseal_passwords


class Command(BaseCommand):
    help = "Seal the passwords of cameras with the first of CAMERA_KEYS; then the other keys can go."

    def handle(self, *args: Any, **options: Any) -> None:
        done, broken = reseal_passwords()
        self.stdout.write(f"{done} passwords are sealed with the newest key.")
        if broken:
            raise CommandError(f"No key opens the passwords of: {', '.join(broken)}. Enter them again.")
