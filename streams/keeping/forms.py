"""The form of the whole schedule: every kind of data, the cameras that differ, and what the public page says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from people.records.keeping_run import KeepingRun
from people.records.keeping_term import KEPT, MOST_DAYS, KeepingTerm, KeptData, KeptKind, is_fixed, terms
from people.records.privacy_notice import PrivacyNotice, privacy_notice
from streams.keeping.changing import ScheduleChange
from streams.records.camera import Camera
from streams.records.camera_keeping import COLUMNS, CameraKeeping

NOTICE = ("place", "contact", "names_cameras")


@dataclass(frozen=True, slots=True)
class TermRow:
    """One row of the table, as the page shows it."""

    term: KeepingTerm
    data: KeptData
    days: forms.BoundField
    purpose: forms.BoundField
    run: KeepingRun | None
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class CameraRow:
    camera: Camera
    days: list[forms.BoundField]


class KeepingForm(forms.Form):
    """Shows what is in force; `change` returns what somebody wants of it."""

    def __init__(self, *args: Any, may_change: bool = True, **named: Any) -> None:
        super().__init__(*args, **named)
        self._terms = terms()
        self._cameras = list(CameraKeeping.objects.select_related("camera").order_by("camera__name"))
        for term in self._terms:
            self._add_term(term)
        for own in self._cameras:
            self._add_camera(f"camera_{own.pk}", own, own.camera.name)
        others = Camera.objects.filter(keeping=None)
        self.fields["new"] = forms.ModelChoiceField(others, required=False, label="Another camera", empty_label="–")
        self._add_camera("new", CameraKeeping(), "the other camera")
        self.fields |= forms.fields_for_model(PrivacyNotice, NOTICE, widgets={"contact": forms.Textarea({"rows": 4})})
        notice = privacy_notice()
        self.initial.update({name: getattr(notice, name) for name in NOTICE})
        for field in self.fields.values():
            field.disabled = field.disabled or not may_change

    def rows(self) -> list[TermRow]:
        runs = KeepingRun.objects.in_bulk()
        return [
            TermRow(
                term,
                KEPT[term.kind],
                self[f"days_{term.kind}"],
                self[f"purpose_{term.kind}"],
                runs.get(term.kind),
                is_fixed(term.kind),
            )
            for term in self._terms
        ]

    def camera_rows(self) -> list[CameraRow]:
        return [CameraRow(own.camera, self._days_of(f"camera_{own.pk}")) for own in self._cameras]

    def new_days(self) -> list[forms.BoundField]:
        return self._days_of("new")

    def notice(self) -> list[forms.BoundField]:
        return [self[name] for name in NOTICE]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if any(said.get(f"new_{column}") for column in COLUMNS.values()) and not said.get("new"):
            self.add_error("new", "Choose the camera that these days are for.")
        return said

    def change(self) -> ScheduleChange:
        said = self.cleaned_data
        cameras = {own.pk: self._said_of(f"camera_{own.pk}") for own in self._cameras}
        if said["new"]:
            cameras[said["new"].pk] = self._said_of("new")
        return ScheduleChange(
            days={term.kind: said[f"days_{term.kind}"] for term in self._terms if not is_fixed(term.kind)},
            purposes={term.kind: said[f"purpose_{term.kind}"] for term in self._terms},
            cameras=cameras,
            notice={name: said[name] for name in NOTICE},
        )

    def _add_term(self, term: KeepingTerm) -> None:
        data, label = KEPT[term.kind], KeptKind(term.kind).label
        self.fields[f"days_{term.kind}"] = forms.IntegerField(
            label=f"Days: {label}",
            required=not data.may_be_for_ever,
            min_value=data.least,
            max_value=MOST_DAYS,
            disabled=is_fixed(term.kind),
            error_messages={"min_value": _least_in_words(data)} if data.why_least else None,
        )
        self.fields[f"purpose_{term.kind}"] = forms.CharField(
            label=f"What for: {label}", max_length=300, widget=forms.Textarea({"rows": 3})
        )
        self.initial.update({f"days_{term.kind}": term.days, f"purpose_{term.kind}": term.purpose})

    def _add_camera(self, prefix: str, own: CameraKeeping, name: str) -> None:
        for kind, column in COLUMNS.items():
            self.fields[f"{prefix}_{column}"] = forms.IntegerField(
                label=f"{KeptKind(kind).label}, {name}", required=False, min_value=1, max_value=MOST_DAYS
            )
            self.initial[f"{prefix}_{column}"] = getattr(own, column)

    def _days_of(self, prefix: str) -> list[forms.BoundField]:
        return [self[f"{prefix}_{column}"] for column in COLUMNS.values()]

    def _said_of(self, prefix: str) -> Mapping[str, int]:
        said = {kind: self.cleaned_data[f"{prefix}_{column}"] for kind, column in COLUMNS.items()}
        return {kind: days for kind, days in said.items() if days is not None}


def _least_in_words(data: KeptData) -> str:
    return f"Give at least {data.least} days: {data.why_least}."
