"""The sweep of stored photos, crops, ZIPs and documents that no row names any more."""

from people.imports.jobs import ImportJob
from people.records.basis import Basis
from people.records.enrolment_link import LinkPicture
from people.records.photo import Photo
from people.records.stored_objects import remove, without_row


def sweep_orphans() -> int:
    """Deletes stored objects that no row names (left by a killed process or a cascade); returns how many."""
    orphans = [
        *without_row("photos", Photo.objects.values_list("image", flat=True)),
        *without_row("crops", Photo.objects.exclude(crop="").values_list("crop", flat=True)),
        *without_row("imports", ImportJob.objects.exclude(file="").values_list("file", flat=True)),
        *without_row("link-pictures", LinkPicture.objects.values_list("image", flat=True)),
        *without_row("documents", Basis.objects.exclude(document="").values_list("document", flat=True)),
    ]
    remove(orphans)
    return len(orphans)
