"""The composition root as a Django app: commands, migrations of roles, checks."""

from django.apps import AppConfig


class FacesiteConfig(AppConfig):
    name = "facesite"

    def ready(self) -> None:
        from facesite import checks  # noqa: F401 - registers them
