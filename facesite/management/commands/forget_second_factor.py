"""`manage.py forget_second_factor`: let somebody in again who has lost phone, passkey and recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from people.accounts.second_factors import forget_second_factors


class Command(BaseCommand):
    help = "Delete the second factor of a user who has lost it: the next login asks for the password alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The name that the user logs in with.")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        had = forget_second_factors(user=user, by=None)
        self.stdout.write(
            f"The second factor of {name} is forgotten." if had else f"The user {name} had no second factor."
        )
