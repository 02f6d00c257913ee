"""Photos remember that somebody confirmed them, and whether they are still to be looked at once more."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("people", "0019_import_layouts")]
    operations = [
        migrations.AddField("photo", "confirmed_at", models.DateTimeField(null=True, editable=False)),
        migrations.AddField(
            "photo", "second_look", models.BooleanField(default=False, db_default=False, editable=False)
        ),
        migrations.AddIndex(
            "photo", models.Index(fields=["person"], name="photo_second_look", condition=Q(second_look=True))
        ),
        migrations.AddIndex("photo", models.Index(fields=["sha256"], name="photo_file")),
    ]
