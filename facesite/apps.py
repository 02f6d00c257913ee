"""The composition root as a Django app, with commands, migrations of roles, and checks."""

from django.apps import AppConfig


class FacesiteConfig(AppConfig):
    name = "facesite"

    def ready(self) -> None:
        from facesite import checks  # noqa: F401 - the import registers them
