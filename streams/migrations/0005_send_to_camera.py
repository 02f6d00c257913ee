"""A right of its own to send pictures to a browser camera: whoever holds the phone need not change cameras."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("streams", "0004_worker_presence")]
    operations = [
        migrations.AlterModelOptions(
            name="camera",
            options={
                "ordering": ["name"],
                "permissions": [("send_to_camera", "Can send pictures to a browser camera")],
            },
        ),
        migrations.AlterField(
            model_name="camera",
            name="source",
            field=models.CharField(
                help_text="rtsp://…, http(s)://…, a file under the media folder (clips/door.mp4), a device number (0), "
                "or browser: for a phone or laptop that sends from its own page.",
                max_length=500,
            ),
        ),
    ]
