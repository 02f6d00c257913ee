"""Erasures: the job, what it has erased so far, and certificates that nobody changes."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import streams.erasing.erasure


# For ever: the certificate is the proof. A restore fills the table with triggers off, and TRUNCATE has its own rights.
FORWARD = """
CREATE FUNCTION streams_certificate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a certificate of an erasure is never changed and never deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_certificate_stays';
END $$;
CREATE TRIGGER erasure_certificate_stays BEFORE UPDATE OR DELETE ON streams_erasurecertificate
    FOR EACH ROW EXECUTE FUNCTION streams_certificate_stays();
"""
BACKWARD = """
DROP TRIGGER erasure_certificate_stays ON streams_erasurecertificate;
DROP FUNCTION streams_certificate_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0038_nameless_sightings"),
        ("streams", "0042_four_eyes_over_alerts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasureCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(editable=False, max_length=20, unique=True)),
                ("made_at", models.DateTimeField(editable=False)),
                (
                    "file",
                    models.FileField(
                        editable=False, max_length=200, upload_to=streams.erasing.erasure.certificate_name
                    ),
                ),
                ("text", models.TextField(editable=False)),
            ],
            options={
                "ordering": ["-made_at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("who", models.CharField(editable=False, max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("working", "being made"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("problem", models.CharField(blank=True, editable=False, max_length=300)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("claimed_by", models.CharField(blank=True, editable=False, max_length=100)),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                (
                    "reference",
                    models.CharField(
                        default=streams.erasing.erasure.new_reference, editable=False, max_length=20, unique=True
                    ),
                ),
                ("person_id", models.UUIDField(editable=False, null=True)),
                ("ids", models.JSONField(default=list, editable=False)),
                ("request", models.TextField(max_length=1000)),
                ("nameless", models.BooleanField(default=False, editable=False)),
                ("site", models.CharField(blank=True, editable=False, max_length=200)),
                ("trace_key", models.CharField(blank=True, editable=False, max_length=16)),
                ("engines", models.JSONField(default=dict, editable=False)),
                ("handed_over", models.JSONField(default=list, editable=False)),
                ("total", models.PositiveIntegerField(default=0, editable=False)),
                ("done", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.apikey",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "permissions": [("erase_person", "Can erase people for good, with a certificate")],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ErasedSighting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "erasure",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="streams.erasure"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ErasedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("traces", models.BinaryField()),
                ("waiting", models.JSONField(default=list)),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="streams.erasure"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "working"))), fields=["due_at"], name="erasure_due"
            ),
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(fields=["-created_at", "-id"], name="erasure_newest"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "working"))),
                fields=("person_id",),
                name="erasure_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(("request", ""), _negated=True), name="erasure_on_a_request"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("state__in", ("waiting", "working"))),
                    models.Q(
                        models.Q(("state__in", ("waiting", "working")), _negated=True),
                        models.Q(("finished_at", None), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="erasure_ends_with_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "done"), _negated=True), ("person_id", None), _connector="OR"),
                name="erasure_done_forgets_whom",
            ),
        ),
        migrations.AddIndex(
            model_name="erasedsighting",
            index=models.Index(fields=["at"], name="erased_sighting_age"),
        ),
        migrations.AddIndex(
            model_name="erasedpart",
            index=models.Index(fields=["erasure", "kind"], name="erased_part_kind"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
