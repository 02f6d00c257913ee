"""Figures as Prometheus reads them: its text format, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable

from people.base.figures import Figure, Sample

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})
_ESCAPED_HELP = str.maketrans({"\\": "\\\\", "\n": "\\n"})


def exposition(figures: Iterable[Figure]) -> str:
    """One block per figure; a figure without a sample says that it exists."""
    return "".join(_block(figure) for figure in figures)


def _block(figure: Figure) -> str:
    head = f"# HELP {figure.name} {figure.meaning.translate(_ESCAPED_HELP)}\n# TYPE {figure.name} {figure.kind}\n"
    return head + "".join(_line(figure.name, sample) for sample in figure.samples)


def _line(name: str, sample: Sample) -> str:
    labels = ",".join(f'{label}="{value.translate(_ESCAPED)}"' for label, value in sample.labels.items())
    return f"{name}{{{labels}}} {float(sample.value)!r}\n" if labels else f"{name} {float(sample.value)!r}\n"
