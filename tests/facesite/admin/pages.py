"""The addresses of every page of the admin that shows something, for whoever may see all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from people.imports.jobs import ImportJob
from people.records.person import Person
from people.records.photo import Photo
from streams.records.channel import Channel


def every_page(root: User) -> list[str]:
    """Returns the address of every page, once, over the rows of rows_of_everything."""
    client = Client()
    client.force_login(root)
    return [*dict.fromkeys([*_other_pages(), *_pages_of_models(client)])]


def _pages_of_models(client: Client) -> Iterator[str]:
    """Yields the list of each model, its form for a new row, and a row's own form, history and deletion."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        rows: Any = model._default_manager
        row = rows.order_by("pk").first()
        assert row is not None, f"{model} has no row to be shown"
        below = (reverse(f"{name}_{what}", args=[row.pk]) for what in ("change", "history", "delete"))
        for path in (reverse(f"{name}_changelist"), reverse(f"{name}_add"), *below):
            if client.get(path).status_code == 200:
                yield path


def _other_pages() -> Iterator[str]:
    """Yields the pages that no model has by itself."""
    ada, al = Person.objects.get(name="Ada Lovelace"), Person.objects.get(name="Al")
    held, choose = Photo.objects.get(state="review"), Photo.objects.get(state="choose")
    guard = User.objects.get(username="guard")
    yield from ("/admin/", "/admin/people/", "/admin/streams/", "/admin/go/?q=a", "/admin/go/?q=nothing")
    yield f"/admin/people/person/{ada.pk}/change/"
    yield f"/admin/people/person/merge/?person={ada.pk}&person={al.pk}"
    yield "/admin/people/person/print/"
    yield "/admin/people/person/?q=nobody"
    yield "/admin/people/person/camera/?q=a"
    yield "/admin/people/decisionthresholds/calibrate/"
    yield "/admin/streams/camera/liveness/"
    yield from (f"/admin/people/keepingterm/{below}" for below in ("due/", "sign/"))
    yield "/admin/streams/camera/?pictures=none"
    yield f"/admin/people/photo/{held.pk}/review/"
    yield f"/admin/people/photo/{choose.pk}/choose/"
    yield from (f"/admin/people/importjob/{job.pk}/change/" for job in ImportJob.objects.all())
    yield from (f"/admin/streams/channel/add/?kind={kind}" for kind in ("webhook", "email", "mqtt", "apprise"))
    yield from (f"/admin/streams/channel/{channel.pk}/change/" for channel in Channel.objects.all())
    yield f"/admin/auth/user/{guard.pk}/change/"
    yield f"/admin/auth/user/{guard.pk}/password/"
