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
    lines += [_photos_line(row) for row in report.get("photos_per_person", [])]
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
