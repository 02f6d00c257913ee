"""`manage.py demo`: make what is missing of the demo, in whatever database this installation uses."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from facesite.lab.demo import seed


class Command(BaseCommand):
    help = "Make the demo's login, people and camera if they are missing. Changes nothing that exists."

    def handle(self, **_: Any) -> None:
        seed.seed(self.stdout.write)
        password = seed.password()
        self.stdout.write(f"Login: user {seed.LOGIN}, password {password}" if password else "Login: your own")
