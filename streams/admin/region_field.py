"""The field of a camera's regions in the admin: text with one region a line, and an editor on the camera's picture.

Without JavaScript the text is edited by hand. The editor (regions.js) writes the same text.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from streams.pipeline.regions import RegionKind
from streams.records.regions import StoredRegion, read_regions, stored_regions

KINDS = {RegionKind.LOOK_HERE: "look here", RegionKind.NEVER_KEEP: "never keep"}
EXAMPLE = "never keep | Window | 0.1 0.2, 0.4 0.2, 0.4 0.6"


class RegionsWidget(forms.Textarea):
    template_name = "streams/regions.html"

    class Media:
        css = {"all": ("streams/regions.css",)}
        js = [forms.Script("streams/regions.js", type="module")]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, "class": "vLargeTextField", "spellcheck": "false", **(attrs or {})})
        self.picture_url, self.turn, self.mirrored = "", 0, False
        """Where the picture comes from, and how the stored camera turns it."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        shown = {"picture_url": self.picture_url, "turn": self.turn, "mirrored": self.mirrored, "example": EXAMPLE}
        return super().get_context(name, value, attrs) | shown


class RegionsField(forms.CharField):
    widget = RegionsWidget

    def __init__(self, *, help_text: str) -> None:
        super().__init__(required=False, help_text=help_text)

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Reads the lines. Raises ValidationError with a sentence for each line or region that cannot be used."""
        return stored_regions(read_regions(read_lines(super().to_python(value) or "")))

    def validate(self, value: Any) -> None:
        """Does nothing: to_python has looked at it."""

    def run_validators(self, value: Any) -> None:
        """Does nothing: those of CharField are for text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True


def written(regions: list[StoredRegion]) -> str:
    return "\n".join(
        f"{KINDS[RegionKind(region['kind'])]} | {region['name']} | {', '.join(map(_corner, region['points']))}"
        for region in regions
    )


def named(regions: list[StoredRegion]) -> str:
    """Says the regions to somebody who only looks: "Window (never keep)"."""
    return ", ".join(f"{region['name'] or 'unnamed'} ({KINDS[RegionKind(region['kind'])]})" for region in regions)


def read_lines(text: str) -> list[dict[str, Any]]:
    """Returns regions as the API takes them. Raises ValidationError with a sentence for each bad line."""
    regions, problems = [], []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        try:
            regions.append(_region(line))
        except ValueError as bad:
            problems.append(f"Line {number}: {bad}")
    if problems:
        raise ValidationError(problems)
    return regions


def _region(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    kind = next((kind for kind, words in KINDS.items() if words == parts[0].lower()), None)
    if len(parts) != 3 or kind is None:
        raise ValueError(f"Write “look here” or “never keep”, a name and the corners: {EXAMPLE}")
    return {"kind": kind.value, "name": parts[1], "points": [_numbers(corner) for corner in parts[2].split(",")]}


def _numbers(corner: str) -> list[float]:
    try:
        across, down = map(float, corner.split())
    except ValueError:
        raise ValueError(f"“{corner.strip()}” is no corner: write two numbers from 0 to 1, such as 0.1 0.2") from None
    return [across, down]


def _corner(point: list[float]) -> str:
    return " ".join(f"{number:g}" for number in point)
