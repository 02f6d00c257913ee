"""Imports in the admin."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.imports.jobs import ImportJob
from people.records.person import Person
from people.records.photo import Photo
from tests.people.imports.conftest import work, zip_of, zip_of_raw

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., ImportJob]
LIST = "/admin/people/importjob/"


def page(job: ImportJob, part: str = "change") -> str:
    return f"{LIST}{job.pk}/{part}/"


def upload(*paths: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.zip", zip_of(*paths).getvalue())


def test_a_zip_is_uploaded_and_followed_to_its_end(operator_client: Client, media: Path) -> None:
    answer = operator_client.post(f"{LIST}add/", {"file": upload("Ada/1.jpg", "Ada/notes.txt")}, follow=True)
    job = ImportJob.objects.get()
    assert answer.redirect_chain == [(page(job), 302)]
    work()
    assert "This makes 1 person: Ada." in answer.content.decode() and not Photo.objects.exists()
    answer = operator_client.post(page(job, "answer"), {"layout": "folders"}, follow=True)
    assert answer.redirect_chain == [(page(job), 302)]
    html = answer.content.decode()
    assert "0 of 2 files" in html and 'http-equiv="refresh"' in html and "data-import-url" in html
    work()
    Photo.objects.update(state="rejected", reason="no_face")
    html = operator_client.get(page(job)).content.decode()
    assert "2 of 2 files" in html and "This is not a picture." in html and "No face was found." in html
    assert 'http-equiv="refresh"' not in html and "data-import-url" not in html
    assert f"/admin/people/photo/{Photo.objects.get().pk}/change/" in html


def asked(client: Client, file: BytesIO) -> tuple[ImportJob, str]:
    """The import of a ZIP that was just uploaded, and the page that asks."""
    answer = client.post(f"{LIST}add/", {"file": SimpleUploadedFile("people.zip", file.getvalue())}, follow=True)
    return ImportJob.objects.get(), answer.content.decode()


def test_nobody_is_enrolled_before_somebody_said_who_they_are(operator_client: Client, media: Path) -> None:
    job, html = asked(operator_client, zip_of("Firma/ada.jpg", "Firma/bob.jpg"))
    assert "may be photos of one person, or of a person each. Please choose." in html
    assert "This makes 1 person: Firma." in html and "This makes 2 people: ada, bob." in html and "checked" not in html
    assert "Most photos of one person: Firma, 2 photos" in html
    work()
    assert not Photo.objects.exists() and job.state == "asking"
    answer = operator_client.post(page(job, "answer"), {"layout": ""}, follow=True)
    assert "Who are the people?" in answer.content.decode()
    operator_client.post(page(job, "answer"), {"layout": "files"})
    work()
    job.refresh_from_db()
    assert (job.state, job.layout, job.people_made, job.names) == ("done", "files", 2, None)
    answer = operator_client.post(page(job, "answer"), {"layout": "folders"}, follow=True)
    assert "cannot be done with an import that is done" in answer.content.decode()


def test_a_clear_layout_is_shown_and_another_can_be_chosen(operator_client: Client, media: Path) -> None:
    paths = ("Sales/Ada One/1.jpg", "Sales/Bob Two/1.jpg", "IT/Cem Three/1.jpg", "unknown/1.jpg")
    _, html = asked(operator_client, zip_of(*paths))
    assert "This makes 3 people: Ada One, Bob Two, Cem Three." in html and html.count("checked") == 1
    assert "This makes 2 people: Sales, IT." in html
    assert "1 file would be nobody's photo." in html and "unknown/1.jpg" in html


def test_wrong_letters_are_read_again(operator_client: Client, media: Path) -> None:
    job, html = asked(operator_client, zip_of_raw("José Águila/1.jpg".encode("cp850")))
    assert "Western European (DOS)" in html and "José Águila/1.jpg" in html
    html = operator_client.get(page(job), {"encoding": "cp1252"}).content.decode()
    assert "Jos‚ µguila" in html and 'name="encoding" value="cp1252"' in html
    html = operator_client.get(page(job), {"encoding": "utf-8"}).content.decode()
    assert "The names in it are not in Unicode (UTF-8)." in html and "José Águila" in html
    operator_client.post(page(job, "answer"), {"layout": "folders", "encoding": "cp1252"})
    work()
    job.refresh_from_db()
    assert job.encoding == "cp1252" and Person.objects.get().name == "Jos‚ µguila"


def test_a_question_that_nobody_answers_ends_the_import(operator_client: Client, media: Path) -> None:
    job, _ = asked(operator_client, zip_of("Ada/1.jpg"))
    ImportJob.objects.update(due_at=Now())
    work()
    job.refresh_from_db()
    assert (job.state, job.file.name, job.names) == ("cancelled", "", None) and "within two hours" in job.reason
    assert not list((media / "imports").iterdir())


def test_an_import_is_cancelled_instead_of_answered(operator_client: Client, media: Path) -> None:
    job, _ = asked(operator_client, zip_of("Ada/1.jpg"))
    operator_client.post(page(job, "cancel"))
    assert ImportJob.objects.get().state == "cancelled"
    assert operator_client.get(page(job)).status_code == 200


def test_a_zip_of_unsorted_faces_is_refused_with_the_reason(operator_client: Client, media: Path) -> None:
    file = zip_of("train/1712345678.123456-abc-1712345680.1-Ada-0.9.webp")
    answer = operator_client.post(f"{LIST}add/", {"file": SimpleUploadedFile("people.zip", file.getvalue())})
    assert "nobody has sorted yet" in str(answer.context["form"].errors["file"])
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\3\4"])
def test_a_broken_zip_is_a_form_error(operator_client: Client, data: bytes) -> None:
    response = operator_client.post(f"{LIST}add/", {"file": SimpleUploadedFile("a.zip", data)})
    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not ImportJob.objects.exists()


def test_the_page_is_told_what_changed(operator_client: Client, start: Start) -> None:
    job = start("Ada/1.jpg")
    told = operator_client.get(page(job, "progress")).json()
    assert "0 of 1 files" in told["parts"]["progress"] and not told["is_over"]
    work()
    told = operator_client.get(page(job, "progress")).json()
    assert "Ada" in told["parts"]["people"] and not told["is_over"]
    Photo.objects.update(state="enrolled")
    told = operator_client.get(page(job, "progress")).json()
    assert told["is_over"] and told["summary"] == "1 of 1 files read, 1 photo enrolled."


def test_names_from_the_zip_are_only_text(operator_client: Client, start: Start) -> None:
    job = start("<b>Ada/1.jpg", "<i>x.txt")
    work()
    html = operator_client.get(page(job)).content.decode()
    assert "&lt;b&gt;Ada" in html and "<b>Ada" not in html and "<i>x" not in html


def test_an_import_is_cancelled_by_a_button(operator_client: Client, start: Start) -> None:
    job = start("Ada/1.jpg")
    assert operator_client.get(page(job, "cancel")).status_code == 405
    answer = operator_client.post(page(job, "cancel"), follow=True)
    assert "was cancelled" in answer.content.decode()
    answer = operator_client.post(page(job, "cancel"), follow=True)
    assert "cannot be done with an import that is cancelled" in answer.content.decode()


def test_the_report_is_a_file(operator_client: Client, start: Start) -> None:
    job = start("Ada/1.jpg")
    work()
    answer = operator_client.get(page(job, "report"))
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    assert answer.content.decode().splitlines()[1].startswith("Ada/1.jpg,Ada,")


@pytest.mark.parametrize("part", ["change", "progress", "report", "cancel", "answer"])
def test_only_whoever_may_import_gets_a_page(client: Client, viewer: User, start: Start, part: str) -> None:
    User.objects.filter(pk=viewer.pk).update(is_staff=True)
    client.force_login(viewer)
    job = start("Ada/1.jpg")
    answer = client.post(page(job, part)) if part in ("cancel", "answer") else client.get(page(job, part))
    assert answer.status_code in (302, 403, 404) and b"Ada" not in answer.content
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}add/", {"file": upload("Grace.jpg")}).status_code == 403
    assert ImportJob.objects.count() == 1 and not ImportJob.objects.get().is_finished


def test_whoever_may_only_add_sees_their_own_imports_and_no_pictures(
    client: Client, stranger: User, start: Start, media: Path
) -> None:
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["add_person", "add_photo"]))
    User.objects.filter(pk=stranger.pk).update(is_staff=True)
    client.force_login(stranger)
    other = start("Ada/1.jpg")
    client.post(f"{LIST}add/", {"file": upload("Grace.jpg")})
    own = ImportJob.objects.get(created_by=stranger)
    client.post(page(own, "answer"), {"layout": "files"})
    work()
    Photo.objects.update(state="rejected", reason="no_face")
    html = client.get(page(own)).content.decode()
    assert (
        "Grace" in html
        and "/media/photos/" not in html
        and "/admin/people/person/" not in html.split("content-main")[1]
    )
    assert client.get(page(other, "progress")).status_code == 404
    listed = client.get(LIST).context["cl"].result_list
    assert list(listed) == [own]


def test_pages_ask_as_often_for_many_as_for_few(operator_client: Client, start: Start) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator_client.get(url).status_code == 200
        return len(captured)

    def counts(job: ImportJob) -> list[int]:
        return [queries(url) for url in (LIST, page(job), page(job, "progress"), page(job, "report"))]

    few = start("Ada/1.jpg", "Ada/x.txt")
    work()
    Photo.objects.update(state="rejected", reason="no_face")
    before = counts(few)
    many = start(*(f"Person {number}/{photo}.jpg" for number in range(8) for photo in range(3)), "Ada/y.txt")
    work()
    Photo.objects.update(state="rejected", reason="no_face")
    assert counts(many) == before


def test_a_long_list_of_people_has_pages(operator_client: Client, start: Start, monkeypatch: Any) -> None:
    monkeypatch.setattr("people.admin.import_job.PEOPLE_PER_PAGE", 2)
    job = start("Ada.jpg", "Bob.jpg", "Cleo.jpg")
    work()
    assert "Cleo" not in operator_client.get(page(job)).content.decode()
    html = operator_client.get(page(job), {"p": "2"}).content.decode()
    assert "Cleo" in html and "Ada" not in html and "Page 2 of 2" in html
