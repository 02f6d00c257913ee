"""The app of cameras, and of what they saw."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Cameras and sightings"

    def ready(self) -> None:
        from streams.strangers import recounting, restoring  # noqa: F401 - they register with the ledger
