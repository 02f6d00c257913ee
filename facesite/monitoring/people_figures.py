"""Numbers of the gallery, of enrolment and of imports, for monitoring."""

from __future__ import annotations

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from people.base.figures import gauge_by
from people.gallery.stored import current_version
from people.imports.jobs import ImportJob
from people.records.encoding import Encoding
from people.records.photo import Photo
from people.records.proposal import Proposal
from people.records.states import UNFINISHED, PhotoState
from people.records.suspension import Suspension


def people_figures() -> list[Metric]:
    """From the database, in seven short queries."""
    shares = list(Encoding.objects.shares_by_engine())
    by_state = dict(Photo.objects.order_by().values_list("state").annotate(Count("pk")))
    imports = dict(ImportJob.objects.unfinished().order_by().values_list("state").annotate(Count("pk")))
    waiting_since = Photo.objects.in_work().aggregate(oldest=Min("created_at"))["oldest"]
    age_s = (timezone.now() - waiting_since).total_seconds() if waiting_since else 0.0
    return [
        GaugeMetricFamily("facesite_gallery_version", "Version of the gallery in the database.", current_version()),
        gauge_by(
            "engine",
            "facesite_gallery_people",
            "People who can be recognised, by engine.",
            {share["engine"]: share["people"] for share in shares},
        ),
        gauge_by(
            "engine",
            "facesite_gallery_encodings",
            "Encodings of people who can be recognised, by engine.",
            {share["engine"]: share["encodings"] for share in shares},
        ),
        gauge_by(
            "state",
            "facesite_photos",
            "Photos by state; pending and working are the backlog of enrolment.",
            {state: by_state.get(state, 0) for state in PhotoState.values},
        ),
        gauge_by(
            "state",
            "facesite_imports",
            "ZIPs of people that wait, or are being read.",
            {state: imports.get(state, 0) for state in UNFINISHED},
        ),
        GaugeMetricFamily(
            "facesite_proposals_open", "Proposals that wait for a second person.", Proposal.objects.open().count()
        ),
        GaugeMetricFamily(
            "facesite_suspended_entries",
            "Entries of watchlists that raise no alerts any more.",
            Suspension.objects.holding().count(),
        ),
        GaugeMetricFamily(
            "facesite_enrolment_oldest_seconds", "Age of the oldest photo that waits for enrolment.", age_s
        ),
    ]
