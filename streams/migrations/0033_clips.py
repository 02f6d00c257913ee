"""Some seconds around the look that decided are kept, where a camera is asked to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("streams", "0032_indexes_of_long_lists")]

    operations = [
        migrations.AddField(
            "camera",
            "clip_seconds",
            models.PositiveSmallIntegerField(
                choices=[(0, "none"), (4, "4 seconds"), (6, "6 seconds"), (10, "10 seconds")],
                db_default=0,
                default=0,
                help_text="With each sighting some seconds around its deciding look are kept as a film without sound. "
                "Not where pictures of strangers are not kept.",
                verbose_name="clip",
            ),
        ),
        migrations.AddConstraint(
            "camera",
            models.CheckConstraint(condition=models.Q(("clip_seconds__in", [0, 4, 6, 10])), name="camera_clip_seconds"),
        ),
    ]
