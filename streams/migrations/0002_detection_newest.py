"""Lists of detections begin with the newest: without this index each page sorts the whole table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("streams", "0001_cameras")]
    operations = [
        migrations.AddIndex(
            model_name="detection",
            index=models.Index(fields=["-captured_at", "-id"], name="detection_newest"),
        ),
    ]
