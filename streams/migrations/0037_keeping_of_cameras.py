"""Days of one camera, when people were last seen, and cameras that discard strangers at once."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q

KEPT = [
    ("pictures", "times and pictures"),
    ("numbers", "times alone, no picture and nothing to recognise them by"),
    ("nothing", "nothing; who is likely somebody is kept until somebody looks"),
    ("discarded", "discarded at once: only who is certain is ever written down"),
]
COLUMNS = {
    "named_days": "sightings of known people",
    "strangers_days": "sightings of strangers",
    "footage_days": "whole pictures and clips",
}


def days(words: str) -> models.PositiveIntegerField:  # type: ignore[type-arg]
    within = [django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36_500)]
    return models.PositiveIntegerField(blank=True, null=True, validators=within, verbose_name=words)


class Migration(migrations.Migration):
    dependencies = [("people", "0035_keeping"), ("streams", "0036_no_encodings_of_never_matched")]

    operations = [
        migrations.RemoveConstraint(model_name="camera", name="camera_strangers"),
        migrations.RunSQL(
            migrations.RunSQL.noop, "UPDATE streams_camera SET strangers = 'nothing' WHERE strangers = 'discarded'"
        ),
        migrations.AlterField(
            model_name="camera",
            name="strangers",
            field=models.CharField(
                choices=KEPT,
                db_default="pictures",
                default="pictures",
                help_text="Of faces that get no name. They are shown live in any case. What was kept before stays until "
                "the schedule of keeping deletes it.",
                max_length=10,
                verbose_name="what is kept of strangers",
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=Q(("strangers__in", [kept for kept, _ in KEPT])), name="camera_strangers"
            ),
        ),
        migrations.CreateModel(
            name="CameraKeeping",
            fields=[
                (
                    "camera",
                    models.OneToOneField(
                        db_column="id",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="keeping",
                        serialize=False,
                        to="streams.camera",
                    ),
                ),
                *((column, days(words)) for column, words in COLUMNS.items()),
            ],
            options={
                "verbose_name": "keeping of a camera",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(named_days__isnull=False)
                        | Q(strangers_days__isnull=False)
                        | Q(footage_days__isnull=False),
                        name="camera_keeping_differs",
                    ),
                    *(
                        models.CheckConstraint(
                            condition=Q(**{column: None}) | Q(**{f"{column}__gte": 1, f"{column}__lte": 36_500}),
                            name=f"camera_keeping_{column}",
                        )
                        for column in COLUMNS
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LastSeen",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.person",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="DiscardedSighting",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("is_no_face", models.BooleanField(default=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "camera",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="streams.camera"
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
