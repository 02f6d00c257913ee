"""The admin of thresholds: their history, and the page that measures the gallery to choose new ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from people.admin.charts import Chart
from people.admin.forms import RateForm, ThresholdsForm
from people.admin.matter import list_url
from people.admin.unlimited import ForTheUnlimited
from people.gallery.calibrating import calibration_of_gallery, current_thresholds, furthest_match, set_thresholds
from people.gallery.calibration_report import (
    basis_sentence,
    effect_sentence,
    hindsight_sentence,
    learnt_sentence,
    report,
)
from people.gallery.hindsight import hindsight
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import engine_name
from people.recognition.gallery.calibration import FEWEST_PEOPLE
from people.records.person import Person

# 20 million take about 0.5 s. The page measures a gallery of 4,000 photos of 2,000 people in full, and every n-th photo
# of a larger one; `manage.py calibrate` measures more and takes longer.
PAGE_COMPARISONS = 20_000_000


@admin.register(DecisionThresholds)
class DecisionThresholdsAdmin(ForTheUnlimited):
    about = (
        "How near a face must be to get a name: each decision, by whom and why. Without one, measured defaults hold."
    )
    list_display = ["created_at", "match_limit", "review_limit", "reason", "created_by", "of_engine"]
    fields = readonly_fields = ("created_at", "match_limit", "review_limit", "reason", "created_by", "of_engine")
    list_select_related = ["created_by"]
    list_display_links = None
    list_per_page = 50

    class Media:
        css = {"all": ["people/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the calibration page adds them

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a history stays as it is

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_apply_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("people.add_decisionthresholds")

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [("calibrate/", self.calibrate_page, "calibrate")]

    def calibrate_page(self, request: HttpRequest) -> HttpResponseBase:
        """GET: measures the gallery; `rate` is the wanted chance of a false name. POST: puts `match` into force."""
        if not (self.has_view_permission(request) and request.user.has_perm("people.view_person")):
            raise PermissionDenied
        form = None
        if request.method == "POST":
            if not self.has_apply_permission(request):
                raise PermissionDenied
            form = ThresholdsForm(request.POST, furthest=furthest_match())
            if form.is_valid():
                return self._apply(request, form)
        return self._measured(request, form)

    def _apply(self, request: HttpRequest, form: ThresholdsForm) -> HttpResponseBase:
        match: float = form.cleaned_data["match"]
        with self.refusals_shown(request, done=f"Faces now get a name up to {match:.3f}. Cameras follow at once."):
            set_thresholds(
                match=match,
                reason=form.cleaned_data["reason"],
                by=request.user,
                wanted_rate=form.cleaned_data["wanted_rate"],
            )
        return redirect("admin:people_decisionthresholds_calibrate")

    def _measured(self, request: HttpRequest, form: ThresholdsForm | None) -> HttpResponseBase:
        rates = RateForm(request.GET or None)
        wanted = rates.wanted()
        current = current_thresholds()
        calibration = calibration_of_gallery(within=current.review, most_comparisons=PAGE_COMPARISONS)
        found = report(calibration, current, wanted=wanted, look_back=hindsight)
        suggestion = found["suggestion"]
        if form is None and suggestion:
            form = ThresholdsForm(
                furthest=furthest_match(),
                initial={"match": suggestion["match"], "reason": suggestion["reason"], "wanted_rate": wanted},
            )
        return self.page(
            request,
            "admin/people/calibrate.html",
            found=found,
            chart=Chart.of(calibration, current=current.match, suggested=suggestion and suggestion["match"]),
            now=effect_sentence(found["current"]),
            then=suggestion and effect_sentence(suggestion),
            learnt=learnt_sentence(found),
            basis=suggestion and basis_sentence(found),
            looking_back=suggestion and hindsight_sentence(suggestion),
            pairs=_pairs(found),
            rates=rates,
            form=form if self.has_apply_permission(request) else None,
            fewest=FEWEST_PEOPLE,
            one_person=found["one_person"],
            sampled=found["compared"] < found["photos"],
            title="Calibration",
        )

    @admin.display(description="name up to", ordering="match")
    def match_limit(self, row: DecisionThresholds) -> str:
        return f"{row.match:.3f}"

    @admin.display(description="review up to", ordering="review")
    def review_limit(self, row: DecisionThresholds) -> str:
        return f"{row.review:.3f}"

    @admin.display(description="engine", ordering="engine")
    def of_engine(self, row: DecisionThresholds) -> str:
        return engine_name(row.engine)


def _pairs(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns close pairs with their people and the pages where one looks into it, without people deleted meanwhile."""
    people = Person.objects.with_face().in_bulk({person for pair in found["pairs"] for person in pair["people"]})
    named = {str(pk): person for pk, person in people.items()}
    return [
        {
            "people": [named[person] for person in pair["people"]],
            "distance": pair["distance"],
            "photos_url": list_url("people_photo", person__in=",".join(pair["people"])),
            "merge_url": f"{reverse('admin:people_person_merge')}?{urlencode({'person': pair['people']}, doseq=True)}",
        }
        for pair in found["pairs"]
        if all(person in named for person in pair["people"])
    ]
