from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.models import Q

# Faces are found from 18 px on; 30 was MMOD's smallest. A camera's own threshold keeps the engine it was chosen for.
# Existing rows have '', which is dlib's; a distance of 1.0 of dlib's is one of 2.0 of the fused engine's.

# Backwards, a threshold of another engine than dlib's is dropped: the release before would read it as dlib's.
BACK = """
UPDATE streams_camera SET smallest_face_px = greatest(smallest_face_px, 30),
    match_threshold = CASE WHEN match_threshold IS NOT NULL AND (threshold_engine = '' OR threshold_engine LIKE 'dlib-resnet-%')
        THEN least(1.0, greatest(0.1, match_threshold)) END
    WHERE smallest_face_px < 30 OR match_threshold IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0011_vectors_of_two_widths")]

    operations = [
        migrations.RemoveConstraint("camera", "camera_smallest_face_range"),
        migrations.RemoveConstraint("camera", "camera_threshold_range"),
        migrations.AddField(
            "camera",
            "threshold_engine",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=100),
        ),
        migrations.AlterField(
            "camera",
            "smallest_face_px",
            models.PositiveSmallIntegerField(
                default=40,
                help_text="Faces narrower than this are not looked for. Larger is faster.",
                validators=[MinValueValidator(18), MaxValueValidator(1000)],
            ),
        ),
        migrations.AlterField(
            "camera",
            "match_threshold",
            models.FloatField(
                blank=True,
                help_text="Distance within which a face gets a name here; empty for the site's.",
                null=True,
                validators=[MinValueValidator(0.05), MaxValueValidator(2.0)],
            ),
        ),
        migrations.AddConstraint(
            "camera",
            models.CheckConstraint(
                condition=Q(smallest_face_px__gte=18, smallest_face_px__lte=1000), name="camera_smallest_face_range"
            ),
        ),
        migrations.AddConstraint(
            "camera",
            models.CheckConstraint(
                condition=Q(match_threshold=None) | Q(match_threshold__gte=0.05, match_threshold__lte=2.0),
                name="camera_threshold_range",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, BACK),
    ]
