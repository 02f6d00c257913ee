import django.core.validators
import streams.records.camera_settings
import streams.records.regions
from django.db import migrations, models


# Backwards: the release before does not know the state "asleep".
AWAKE = "UPDATE streams_camerastatus SET state = 'waiting', reason = '' WHERE state = 'asleep'"


class Migration(migrations.Migration):
    dependencies = [
        ("streams", "0014_look_closer_index"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="camera",
            options={
                "ordering": ["name"],
                "permissions": [
                    ("send_to_camera", "Can send pictures to a browser camera"),
                    ("delete_camera_with_sightings", "Can delete a camera with all its sightings"),
                ],
            },
        ),
        migrations.AddField(
            model_name="camera",
            name="down_after_s",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="A lost camera is “connecting” for so long before it is “down”; 0: at once.",
                validators=[django.core.validators.MaxValueValidator(3600)],
                verbose_name="seconds until it counts as down",
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="hours",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="When it looks, in the time of the site, such as Mon-Fri 07:00-19:00; Sat 22:00-02:00. Empty: always.",
                max_length=1000,
                validators=[streams.records.camera_settings.validate_hours],
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="looking_source",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A second address of the same camera with a smaller picture. Faces are looked for in it, which costs less; pictures come from it, too. Login and allowed networks are those of the first address.",
                max_length=500,
                verbose_name="smaller stream",
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="mirrored",
            field=models.BooleanField(
                db_default=False, default=False, help_text="The camera shows left and right in each other's place."
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="pixel_aspect",
            field=models.FloatField(
                blank=True,
                help_text="If faces look too wide or too narrow: width of a pixel divided by its height, 1.09 for old PAL cameras. Empty: as the stream says.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0.25),
                    django.core.validators.MaxValueValidator(4.0),
                ],
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="regions",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Parts of the picture where faces are looked for, and parts that are never kept.",
                validators=[streams.records.regions.validate_regions],
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="role",
            field=models.CharField(
                choices=[
                    ("none", "nothing in particular"),
                    ("entrance", "entrance: whoever is seen comes in"),
                    ("exit", "exit: whoever is seen leaves"),
                    ("inside", "inside: whoever is seen is here"),
                ],
                db_default="none",
                default="none",
                help_text="What it means that somebody is seen here.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="snapshot_seconds",
            field=models.FloatField(
                db_default=1,
                default=1,
                help_text="How often an address that gives one picture at a time is asked.",
                validators=[
                    django.core.validators.MinValueValidator(0.1),
                    django.core.validators.MaxValueValidator(3600.0),
                ],
                verbose_name="seconds between snapshots",
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="strangers",
            field=models.CharField(
                choices=[
                    ("pictures", "times and pictures"),
                    ("numbers", "times alone, no picture and nothing to recognise them by"),
                    ("nothing", "nothing"),
                ],
                db_default="pictures",
                default="pictures",
                help_text="Of faces that get no name. They are shown live in any case.",
                max_length=10,
                verbose_name="what is kept of strangers",
            ),
        ),
        migrations.AddField(
            model_name="camera",
            name="turn",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "not at all"),
                    (90, "a quarter to the right"),
                    (180, "upside down"),
                    (270, "a quarter to the left"),
                ],
                db_default=0,
                default=0,
                help_text="How the picture has to be turned so that people stand upright.",
            ),
        ),
        migrations.AlterField(
            model_name="camerastatus",
            name="state",
            field=models.CharField(
                choices=[
                    ("off", "off"),
                    ("asleep", "asleep"),
                    ("waiting", "waiting for a worker"),
                    ("connecting", "connecting"),
                    ("live", "live"),
                    ("stalled", "stalled"),
                    ("down", "down"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(("looking_source__regex", "^[A-Za-z]+://[^/?#]*@"), _negated=True),
                name="camera_looking_source_without_login",
                violation_error_message="User and password have fields of their own.",
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(condition=models.Q(("turn__in", [0, 90, 180, 270])), name="camera_turn"),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("pixel_aspect", None),
                    models.Q(("pixel_aspect__gte", 0.25), ("pixel_aspect__lte", 4.0)),
                    _connector="OR",
                ),
                name="camera_pixel_aspect_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(("snapshot_seconds__gte", 0.1), ("snapshot_seconds__lte", 3600.0)),
                name="camera_snapshot_seconds_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(("down_after_s__lte", 3600)), name="camera_down_after_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["none", "entrance", "exit", "inside"])), name="camera_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(("strangers__in", ["pictures", "numbers", "nothing"])), name="camera_strangers"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, AWAKE),
    ]
