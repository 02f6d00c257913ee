"""Seals the secrets of cameras and channels anew with the newest key, so that the old ones can be thrown away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.cameras.services import reseal_passwords
from streams.channels.services import reseal_secrets


class Command(BaseCommand):
    help = "Seal the secrets of cameras and channels with the first of CAMERA_KEYS; then the other keys can go."

    def handle(self, *args: Any, **options: Any) -> None:
        done, broken = reseal_passwords()
        channels, shut = reseal_secrets()
        self.stdout.write(f"{done} passwords and the secrets of {channels} channels are sealed with the newest key.")
        if broken or shut:
            raise CommandError(f"No key opens the passwords of: {', '.join([*broken, *shut])}. Enter them again.")
