"""The page that arranges the live page for its user, and the forms on the live page that do the same at one press."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from streams.pages.returning import wants_json
from streams.records.arrangement import Arrangement, groups_shown_to
from streams.records.camera import Camera
from streams.records.groups import CameraGroup
from streams.records.states import TileSize

MAY_WATCH = "streams.view_camera"


class GroupForm(forms.Form):
    """Chooses the group of cameras that is shown."""

    group = forms.ModelChoiceField(CameraGroup.objects.none(), required=False, empty_label="All cameras", label="Show")

    def __init__(self, data: Any = None, *, user: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["group"].queryset = groups_shown_to(user)  # type: ignore[attr-defined]


class ArrangementForm(GroupForm):
    """Chooses what holds for the whole page; the choices for each camera stand in lists beside it (CameraChoices)."""

    size = forms.ChoiceField(choices=TileSize.choices, widget=forms.RadioSelect, label="Size of the pictures")


@dataclass(frozen=True, slots=True)
class CameraChoices:
    """What a form says of cameras, by ids. It names them by slugs; those of cameras that went since are left out."""

    order: list[int]
    hidden: list[int]
    large: list[int]

    @classmethod
    def of(cls, request: HttpRequest, cameras: Iterable[Camera]) -> CameraChoices:
        ids = {camera.slug: camera.pk for camera in cameras}
        order, shown, large = (
            [ids[slug] for slug in dict.fromkeys(request.POST.getlist(name)) if slug in ids]
            for name in ("order", "shown", "large")
        )
        step, _, slug = request.POST.get("move", "").partition(" ")
        if ids.get(slug) in order:
            _move(order, ids[slug], up=step == "up")
        return cls(order, [pk for pk in order if pk not in shown], [pk for pk in order if pk in large])


def _move(order: list[int], camera: int, *, up: bool) -> None:
    """Moves the camera by one place, if it is not at that end already."""
    at = order.index(camera)
    order.insert(max(0, at - 1) if up else at + 1, order.pop(at))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_WATCH, raise_exception=True)
def arrange(request: HttpRequest) -> HttpResponseBase:
    """GET: shows what the user has chosen. POST: saves it; 400 with the form's errors if it names what is not there."""
    row, cameras = Arrangement.of(request.user), Camera.objects.visible_to(request.user)
    before = {"size": row.size, "group": row.group_id}
    form = ArrangementForm(request.POST or None, user=request.user, initial=before)
    if form.is_valid():
        choices = CameraChoices.of(request, cameras)
        _keep(request.user, order=choices.order, hidden=choices.hidden, large=choices.large, **form.cleaned_data)
        return redirect(_next(request.POST.get("move")))
    shown = {"form": form, "row": row, "cameras": row.in_order(cameras), "moved": request.GET.get("moved", "")}
    return render(request, "streams/arrange.html", shown, status=400 if form.is_bound else 200)


def _next(move: str | None) -> str:
    """Returns the live page; after a step this page again, where the same button has the focus for the next step."""
    return f"{reverse('arrange')}?{urlencode({'moved': move})}" if move else reverse("dashboard")


@require_POST
@permission_required(MAY_WATCH, raise_exception=True)
def choose_group(request: HttpRequest) -> HttpResponse:
    """Shows one group of cameras on the live page, or all; a group that is not there for the user shows all."""
    form = GroupForm(request.POST, user=request.user)
    _keep(request.user, group=form.cleaned_data["group"] if form.is_valid() else None)
    return redirect("dashboard")


@require_POST
@permission_required(MAY_WATCH, raise_exception=True)
def set_full_screen(request: HttpRequest) -> HttpResponseBase:
    """Keeps whether the live page fills the screen: `on` is 1 or 0."""
    on = request.POST.get("on") == "1"
    _keep(request.user, is_full_screen=on)
    return JsonResponse({"on": on}) if wants_json(request) else redirect("dashboard")


def _keep(user: Any, **chosen: Any) -> None:
    Arrangement.objects.update_or_create(user=user, defaults=chosen)
