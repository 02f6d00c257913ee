"""The schedule of keeping, as settings have said it until now: an updated site forgets what it forgot before."""

from typing import Any

import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("people_ended", "People whose basis has ended"),
    ("people_unseen", "People who are not seen any more"),
    ("photos_ended", "Photos of people whose basis has ended"),
    ("sightings_named", "Sightings of known people"),
    ("sightings_strangers", "Sightings of strangers"),
    ("snapshots", "Pictures of faces"),
    ("footage", "Whole pictures and clips"),
    ("encodings", "What a seen face is found by"),
    ("searches", "Who searched by a face"),
    ("alerts", "Alerts"),
    ("cases", "Files of cases"),
    ("videos", "Analysed videos"),
    ("imports", "Reports of imports"),
    ("audit", "Who looked and who changed what"),
]
NAMES = [kind for kind, _ in KINDS]
FOR_EVER = [name for name in NAMES if name not in ("encodings", "cases", "videos", "imports")]
PURPOSES = {
    "people_ended": "To recognise people who have agreed to it, or on another ground.",
    "people_unseen": "To recognise people who come here.",
    "photos_ended": "To recognise people: what cameras compare faces with is made from photos.",
    "sightings_named": "To know who was where, and when: for access, safety and questions afterwards.",
    "sightings_strangers": "To see whether somebody unknown was here, and whether they come again.",
    "snapshots": "To check whether a sighting is right.",
    "footage": "To see what happened around a sighting. They show everybody who was there.",
    "encodings": "To find a face again: to search past sightings, and to know a stranger who comes again.",
    "searches": "To show who searched for whom, and why: searches by a face can be misused.",
    "alerts": "To know what was raised, and what became of it.",
    "cases": "To hand sightings over to somebody outside, such as the police.",
    "videos": "To find out who is in a recording.",
    "imports": "To see which people and photos came in, and which were refused.",
    "audit": "To show who looked at whom: whoever looks should know that it is written down.",
}
DEFAULTS = {"encodings": 30, "searches": 730, "cases": 30, "videos": 30, "imports": 30, "audit": 730}


def take_over(apps: Any, _: Any) -> None:
    """Alerts were kept as long as sightings, unless somebody had said otherwise."""
    fixed: dict[str, int | None] = settings.FIXED_DAYS
    days = dict.fromkeys(NAMES) | DEFAULTS | {"alerts": fixed.get("sightings_named")} | fixed
    term = apps.get_model("people", "KeepingTerm")
    term.objects.bulk_create(term(kind=name, days=days[name], purpose=PURPOSES[name]) for name in NAMES)


class Migration(migrations.Migration):
    dependencies = [("people", "0034_enrolment_links")]

    operations = [
        migrations.CreateModel(
            name="KeepingTerm",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=KINDS, db_column="id", max_length=20, primary_key=True, serialize=False
                    ),
                ),
                ("days", models.PositiveIntegerField(blank=True, null=True)),
                ("purpose", models.CharField(max_length=300, verbose_name="what for")),
            ],
            options={
                "verbose_name": "schedule of keeping",
                "verbose_name_plural": "schedule of keeping",
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", NAMES)), name="keeping_term_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=(models.Q(days=None) & models.Q(kind__in=FOR_EVER))
                        | models.Q(days__gte=1)
                        | (models.Q(days=0) & models.Q(kind__in=["encodings"])),
                        name="keeping_term_days_are_allowed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(days=None) | models.Q(days__lte=36_500), name="keeping_term_ends"
                    ),
                    models.CheckConstraint(condition=~models.Q(purpose=""), name="keeping_term_says_what_for"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeepingRun",
            fields=[
                ("kind", models.CharField(choices=KINDS, max_length=20, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                ("deleted", models.PositiveBigIntegerField(default=0)),
                ("oldest_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", NAMES)), name="keeping_run_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("began_at")),
                        name="keeping_run_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrivacyNotice",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        help_text="Who runs the cameras, as visitors know it: “Town library, Market square 3”.",
                        max_length=200,
                        verbose_name="this place",
                    ),
                ),
                (
                    "contact",
                    models.TextField(
                        blank=True,
                        help_text="A name, an address, a telephone number: whoever answers questions, and erases "
                        "somebody who asks.",
                        max_length=2_000,
                        verbose_name="whom to ask",
                    ),
                ),
                (
                    "names_cameras",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise the page says of how many cameras something else is true, and not of "
                        "which.",
                        verbose_name="name the cameras that differ",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(id=1), name="privacy_notice_is_one_row")
                ],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
