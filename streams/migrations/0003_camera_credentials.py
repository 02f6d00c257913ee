"""User and password leave the source: a field for the one, sealed storage for the other."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from streams.pipeline.sources.credentials import joined, split, split_before_host
from streams.cameras.sealing import seal, unseal


def take_out(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for camera in apps.get_model("streams", "Camera").objects.filter(source__contains="://"):
        try:
            parts = split(camera.source)
        except ValueError:  # two passwords: the one in the query stays where it was
            parts = split_before_host(camera.source)
        camera.source, camera.username = parts.source, parts.username
        camera.sealed_password = seal(parts.password)
        camera.save(update_fields=["source", "username", "sealed_password"])


def put_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for camera in apps.get_model("streams", "Camera").objects.all():
        camera.source = joined(camera.source, camera.username, unseal(camera.sealed_password))
        camera.save(update_fields=["source"])


class Migration(migrations.Migration):
    dependencies = [("streams", "0002_detection_newest")]
    operations = [
        migrations.AddField(
            model_name="camera",
            name="username",
            field=models.CharField(blank=True, default="", help_text="What the camera asks for, if it does.", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="camera",
            name="sealed_password",
            field=models.TextField(blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(take_out, put_back),
        migrations.AddConstraint(
            model_name="camera",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__regex", "^[A-Za-z]+://[^/?#]*@"), _negated=True),
                name="camera_source_without_login",
                violation_error_message="User and password have fields of their own.",
            ),
        ),
    ]
