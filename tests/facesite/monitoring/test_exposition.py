"""Figures as Prometheus reads them."""

from facesite.monitoring.exposition import exposition
from people.base.figures import Sample, counter, gauge


def test_a_figure_says_its_meaning_its_kind_and_its_samples() -> None:
    text = exposition([gauge("age_seconds", "How old.", 1.5), counter("seen_total", "Seen.", Sample(2, {"by": "a"}))])
    assert text == (
        "# HELP age_seconds How old.\n# TYPE age_seconds gauge\nage_seconds 1.5\n"
        '# HELP seen_total Seen.\n# TYPE seen_total counter\nseen_total{by="a"} 2.0\n'
    )


def test_hostile_labels_stay_labels() -> None:
    text = exposition([gauge("x", "X.", Sample(1, {"a": 'quote " back \\ line\nend', "b": "ünï"}))])
    assert text.splitlines()[-1] == 'x{a="quote \\" back \\\\ line\\nend",b="ünï"} 1.0'
