"""Formats an evaluation as a table for people: our figures, and the reference's beside them."""

from __future__ import annotations

from typing import Any

CROSS_VALIDATIONS = {"cross_validation": "photos", "cross_validation_harder": "pictures made harder"}


def table(report: dict[str, Any]) -> str:
    """Returns every figure of ours, and the reference's beside it."""
    beside = report.get("reference", {})
    lines = [f"{'':<36}{'ours':>12}{'reference' if beside else '':>12}"]
    for part in ("verification", "identification"):
        for name, value in report.get(part, {}).items():
            for label, ours, theirs in _figures(name, value, beside.get(part, {}).get(name, "")):
                lines.append(f"{label:<36}{_shown(ours):>12}{_shown(theirs):>12}")
    for one in (report, beside):
        for part, title in CROSS_VALIDATIONS.items():
            lines += _cross_validation_lines(f"{one['engine']}, {title}", one[part]) if part in one else []
    for one in (report, beside):
        lines += _all_pairs_lines(one["engine"], one["all_pairs"]) if "all_pairs" in one else []
    lines += _degraded_lines(report.get("degraded", {}))
    lines += [_photos_line(row) for row in report.get("photos_per_person", [])]
    lines += [line for row in report.get("quality", []) for line in _quality_lines(row)]
    lines += _counter_example_lines(report["counter_examples"]) if "counter_examples" in report else []
    lines += _expected_lines(report["expected"]) if "expected" in report else []
    lines += [line for row in report.get("gate", []) for line in _gate_lines(row)]
    lines += [f"{path}: {reason}" for path, reason in report["failures"].items()]
    lines.append(f"engine {report['engine']}, {report['seconds']} s")
    return "\n".join(lines)


def _figures(name: str, ours: Any, theirs: Any) -> list[tuple[str, Any, Any]]:
    if not isinstance(ours, dict):
        return [(name, ours, theirs)]
    return [(f"{name} {key}", value, theirs[key] if theirs else "") for key, value in ours.items()]


def _cross_validation_lines(name: str, found: dict[str, Any]) -> list[str]:
    low, high = found["interval"]
    default_low, default_high = found["default_interval"]
    return [
        f"{name}: {found['people']} people in {found['folds']} folds: {found['same_pairs']} pairs of one person,"
        f" {found['other_pairs']} of two, both kinds weighing the same",
        f"  held out     {found['accuracy']:.2%} ({low:.2%} to {high:.2%}), threshold chosen on the others"
        f" {found['threshold']:.3f} ({found['lowest']:.3f} to {found['highest']:.3f})",
        f"  at {found['default']:.3f}     {found['default_accuracy']:.2%} ({default_low:.2%} to {default_high:.2%})",
    ]


def _all_pairs_lines(name: str, found: dict[str, Any]) -> list[str]:
    title = (
        f"{name}: every pair of {found['photos']} photos of {found['people']} people: {found['same_pairs']} of one"
        f" person, {found['other_pairs']} of two; {found['missed_photos']} photos without a face"
    )
    return [title] + [
        f"  false matches {float(rate):.2%}: missed {share:.2%} ({found['refused'][rate]}), threshold"
        f" {found['thresholds'][rate]:.4f}, {found['false_matches'][rate]} false matches"
        for rate, share in found["fnmr_at_fmr"].items()
    ]


def _degraded_lines(degraded: dict[str, Any]) -> list[str]:
    """Returns one line for each degradation."""
    shown = ("right", "wrong", "review", "missed", "strangers_named", "strangers_review")
    return [
        f"{name}: " + ", ".join(f"{key} {found[key]}" for key in shown) + f"; of {found['probes']} probes and"
        f" {found['strangers']} strangers; right when so many strangers may be named:"
        f" {', '.join(f'{count}: {right}' for count, right in found['right_when_strangers_named'].items())}"
        for name, found in degraded.items()
    ]


def _quality_lines(row: dict[str, Any]) -> list[str]:
    """Tells what each part of quality knows about one kind of pictures."""
    title = (
        f"quality of pictures {row['pictures']}, encoded as {row['crops']}: {row['count']} faces,"
        f" {row['undetected']} not found; missed {row['missed']:.2%} at 0.1 % false matches"
    )
    return [title] + [
        f"  {name:<11} rank correlation with the distance to the own person {part['rank_correlation']:+.2f}; missed"
        f" without the worst {', '.join(f'{share}: {m:.2%}' for share, m in part['missed_without_worst'].items())}"
        for name, part in row["parts"].items()
    ]


def _expected_lines(found: dict[str, Any]) -> list[str]:
    """Returns the model's answer below its assumptions."""
    assumed, wish = found["assumed"], found["wish"]
    lines = [
        f"expected (a model, not a measurement) of {found['people']} people with {found['photos']} photos each,"
        f" {found['probes']} probes and {found['strangers']} strangers:",
        f"  assumed: distances to the own person {assumed['own_farther']} times as far as those of"
        f" {assumed['measured_people']} people (mean {assumed['own_mean']:.3f}); to others a normal curve"
        f" {assumed['others_wider']} times as wide as measured ({assumed['others']['mean']:.3f} ±"
        f" {assumed['others']['deviation']:.3f}); {assumed['sets']} sets drawn, seed {assumed['seed']}",
    ]
    allowed = found["right_when_strangers_named"].items()
    lines.append("  right when so many strangers may be named: " + ", ".join(f"{n}: {mean:.1f}" for n, mean in allowed))
    both = f"chance of {wish['right']} right and at most {wish['strangers_named']} strangers named"
    return lines + [
        f"  match {row['match']:.2f}: right {row['right']:.1f}, wrong {row['wrong']:.1f}, strangers named"
        f" {row['strangers_named']:.1f}; {both} {row['chance']:.0%}"
        for row in found["rows"]
    ]


def _counter_example_lines(found: dict[str, Any]) -> list[str]:
    """Tells what is left of wrong names that were rejected once, and of right ones, at the engine's slack."""
    drawn = f", {found['drawings']} drawings of the folder" if found["drawings"] else ""
    return [f"counter-examples{drawn}: each wrong name rejected once, by one photo"] + [
        f"  match {row['match']:.2f}, slack {row['slack']:.2f}: {row['rejected']} rejected; {row['came_again']} of"
        f" {row['repeats']} repeats came again{_share(row['gone'], 'gone')}, {row['renamed_right']} got the right name"
        f" instead and {row['renamed_wrong']} another wrong one; {row['own_lost']} of {row['own']} own matches"
        f" lost{_share(row['lost'], '')}"
        for row in found["rows"]
        if row["slack"] == found["slack"]
    ]


def _share(share: float | None, word: str) -> str:
    return "" if share is None else f" ({share:.2%}{' ' + word if word else ''})"


def _photos_line(row: dict[str, Any]) -> str:
    own, others = row["own"], row["others"]
    return (
        f"template of {row['photos']}: own {own['mean']:.3f}, 95 of 100 within {own['within_95']:.3f}, 99 within"
        f" {own['within_99']:.3f}, missed {row['own_missed']:.1%}; others {others['mean']:.3f}"
        f" ± {others['deviation']:.3f}, a stranger is named among {row['gallery']} people {row['stranger_named']:.2%}"
    )


def _gate_lines(row: dict[str, Any]) -> list[str]:
    """Tells how the gallery's photos were spoiled, and how many were then recognised."""
    title = f"gallery photos {row['photos']}: {row['refused']} of {row['of']} refused by the gate"
    shown = ("right", "wrong", "review", "missed", "strangers_named", "strangers_review")
    return [title] + [
        f"  {label:<14}" + ", ".join(f"{name} {row[key][name]}" for name in shown)
        for label, key in (("without gate", "without_gate"), ("with gate", "with_gate"))
    ]


def _shown(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
