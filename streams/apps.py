"""The app of cameras, and of what they saw."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Cameras and sightings"

    def ready(self) -> None:
        from streams.alerting import lowering  # noqa: F401 - it does what proposals about rules ask for
        from streams.correcting import merges  # noqa: F401 - it hears of merges of people
        from streams.erasing import services  # noqa: F401 - it says who is being erased
        from streams.strangers import recounting, restoring  # noqa: F401 - they register with the ledger
