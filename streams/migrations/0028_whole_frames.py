"""Whole frames and clips beside snapshots. Cameras from before keep none until somebody says so: an update must not
begin to store more of bystanders than whoever runs the site has agreed to. New cameras keep whole frames."""

from django.db import migrations, models

import streams.records.object_names

WORDS = (
    "With each sighting the whole picture of its deciding look is kept, with everybody who is in it. "
    "Not where pictures of strangers are not kept."
)


def keeps_whole_frame(default: bool) -> "models.BooleanField[bool, bool]":
    return models.BooleanField(default=default, db_default=default, help_text=WORDS, verbose_name="whole frame")


class Migration(migrations.Migration):
    dependencies = [("streams", "0027_presence_right")]

    operations = [
        migrations.AddField("camera", "keeps_whole_frame", keeps_whole_frame(False)),
        migrations.AlterField("camera", "keeps_whole_frame", keeps_whole_frame(True)),
        migrations.AddField(
            "detection",
            "frame",
            models.FileField(
                blank=True, default="", db_default="", max_length=200,
                upload_to=streams.records.object_names.frame_name,
            ),
        ),
        migrations.AddField(
            "detection",
            "clip",
            models.FileField(
                blank=True, default="", db_default="", max_length=200,
                upload_to=streams.records.object_names.clip_name,
            ),
        ),
    ]  # fmt: skip
