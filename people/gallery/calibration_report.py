"""Reports a calibration in numbers for machines and in sentences for people, the same for command and admin."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from people.gallery.hindsight import Hindsight
from people.recognition.gallery.calibration import FEWEST_PEOPLE, Calibration
from people.recognition.gallery.histogram import Histogram
from people.recognition.types import Thresholds

SHOWN_PAIRS = 50


def nothing_to_look_back_on(match: float) -> Hindsight | None:
    return None


def report(
    calibration: Calibration,
    current: Thresholds,
    *,
    wanted: float,
    look_back: Callable[[float], Hindsight | None] = nothing_to_look_back_on,
) -> dict[str, Any]:
    """Returns everything that `calibrate --json` prints; rates are 0 to 1.

    `suggestion` is None with too few people. `look_back` tells what a match distance would have made of recent
    sightings.
    """
    suggestion = calibration.suggest(wanted)
    return {
        "people": calibration.people,
        "photos": calibration.photos,
        "compared": calibration.compared,
        "confirmed_sightings": calibration.confirmed,
        "rejected_sightings": calibration.rejected,
        "wanted": wanted,
        "genuine": {**_distances(calibration.genuine), "largest": calibration.genuine.largest},
        "impostor": {**_distances(calibration.impostor), "smallest": calibration.impostor.smallest},
        "current": _effect(calibration, current.match),
        "suggestion": suggestion
        and {
            **_effect(calibration, suggestion.match),
            "measured": suggestion.measured,
            "capped": suggestion.capped,
            "hindsight": look_back(suggestion.match),
            "reason": _reason(calibration, wanted, measured=suggestion.measured),
        },
        "pairs": [
            {"people": [pair.one, pair.other], "distance": round(pair.distance, 3)}
            for pair in calibration.close[:SHOWN_PAIRS]
        ],
        "pairs_found": len(calibration.close),
        "one_person": calibration.distances.one_person,
        "default_match": calibration.distances.thresholds.match,
        "loosest": calibration.distances.loosest,
    }


def sentences(found: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """Returns the report for people, line by line; `names` are by person id."""
    lines = [
        f"{found['people']} people, {found['photos']} photos; {found['impostor']['count']} comparisons with other "
        f"people, {found['genuine']['count']} with the person's own other photos.",
        *filter(None, [learnt_sentence(found)]),
        f"From a photo to its own person: {_about(found['genuine'])}, largest {_number(found['genuine']['largest'])}.",
        f"To other people: {_about(found['impostor'])}, smallest {_number(found['impostor']['smallest'])}.",
        f"Now: {effect_sentence(found['current'])}",
    ]
    suggestion = found["suggestion"]
    if suggestion is None:
        lines.append(f"Too few people to suggest anything: at least {FEWEST_PEOPLE} are needed.")
    else:
        lines.append(f"Suggested for at most {percent(found['wanted'])}: {effect_sentence(suggestion)}")
        lines.append(" ".join(filter(None, [basis_sentence(found), hindsight_sentence(suggestion)])))
    if found["pairs"]:
        lines.append(
            f"{found['pairs_found']} pairs of people too close to tell apart safely; within {found['one_person']} "
            "it is perhaps one person enrolled twice:"
        )
    lines += [f"  {' and '.join(names.get(p, p) for p in pair['people'])}: {pair['distance']:.3f}"
              for pair in found["pairs"]]  # fmt: skip
    return lines


def learnt_sentence(found: Mapping[str, Any]) -> str:
    """Tells how many sightings are among the comparisons; empty if there are none."""
    confirmed, rejected = found["confirmed_sightings"], found["rejected_sightings"]
    if not confirmed and not rejected:
        return ""
    return (
        f"Among them are {_sightings(confirmed)} of your cameras that somebody confirmed, and {rejected} of which "
        "somebody said that it is not the person whom it was taken for."
    )


def effect_sentence(effect: Mapping[str, Any]) -> str:
    """Tells what a distance does to strangers and to the enrolled."""
    rate = effect["false_match_rate"]
    strangers = "too few people to tell how often a stranger is named"
    if rate is not None:
        strangers = f"a detection of a stranger gets a name in {rare(rate)} of cases"
    return (
        f"distance {effect['match']:.3f}: {strangers}, {effect['missed']} of {effect['genuine']} photos would not be "
        f"recognised ({percent(effect['miss_rate'])})."
    )


def basis_sentence(found: Mapping[str, Any]) -> str:
    """Tells how sure the suggestion of a report is."""
    suggestion = found["suggestion"]
    if suggestion["measured"]:
        if suggestion["capped"]:
            return f"Your faces would allow more, but above {found['loosest']} the engine is known to name strangers."
        return "Read off the comparisons of your own gallery."
    basis = "Extrapolated: your gallery is too small to count so rare an error, so a normal curve estimates it."
    if suggestion["match"] <= found["default_match"]:
        return basis
    return f"{basis} It is looser than the default, which was measured with strangers: better keep the default."


def hindsight_sentence(suggestion: Mapping[str, Any]) -> str:
    """Tells what the suggestion would have made of recent sightings; empty if there are none."""
    found = suggestion["hindsight"]
    if not found or not found["sightings"]:
        return ""
    return (
        f"Of {found['sightings']} sightings in the last {found['days']} days {found['unnamed']} would have lost their "
        f"name, and at most {found['named']} would have been given one."
    )


def percent(rate: float) -> str:
    """Formats a rate of 0 to 1 with two figures: 12 %, 0.34 %."""
    value = 100 * rate
    decimals = 0 if value >= 10 or value <= 0 else 1 - math.floor(math.log10(value))
    shown = f"{value:.{decimals}f}"
    return f"{shown.rstrip('0').rstrip('.') if decimals else shown} %"


def rare(rate: float) -> str:
    """Formats a rate as `percent` does, for something that is never quite impossible."""
    return "less than 0.001 %" if rate < 0.00001 else percent(rate)


def _sightings(number: int) -> str:
    return "1 sighting" if number == 1 else f"{number} sightings"


def _effect(calibration: Calibration, match: float) -> dict[str, Any]:
    count = calibration.genuine.count
    return {
        "match": match,
        "false_match_rate": calibration.false_match_rate(match),
        "miss_rate": calibration.miss_rate(match) if count else 0.0,
        "missed": count - calibration.genuine.within(match),
        "genuine": count,
    }


def _reason(calibration: Calibration, wanted: float, *, measured: bool) -> str:
    basis = "measured on" if measured else "extrapolated from"
    return (
        f"A detection of a stranger gets a name in at most {percent(wanted)} of cases, {basis} "
        f"{calibration.impostor.count} comparisons among {calibration.people} people."
    )


def _distances(histogram: Histogram) -> dict[str, Any]:
    return {
        "count": histogram.count,
        "mean": round(histogram.mean, 4),
        "deviation": round(histogram.deviation, 4),
    }


def _about(distances: Mapping[str, Any]) -> str:
    return f"{distances['mean']:.3f} ± {distances['deviation']:.3f}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
