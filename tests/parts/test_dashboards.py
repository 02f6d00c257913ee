"""`manage.py benchmark_dashboards`: every dashboard is shown every camera, and pictures are fetched for all at once."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("asked", [{"dashboards": 0}, {"dashboards": 1001}, {"cameras": 0}, {"seconds": 0.0}])
def test_numbers_that_make_no_sense_are_refused(asked: dict[str, float]) -> None:
    with pytest.raises(CommandError, match="1 to 1000 dashboards"):
        call_command("benchmark_dashboards", **asked)


@pytest.mark.integration
@pytest.mark.alone
@pytest.mark.timeout(240)
def test_dashboards_watch_a_site_of_their_own() -> None:
    out = StringIO()
    call_command("benchmark_dashboards", dashboards=25, cameras=2, seconds=3.0, json=True, stdout=out)
    report = json.loads(out.getvalue())
    assert (report["dashboards"], report["cameras"]) == (25, 2)
    assert report["made_fps"] >= report["mean_fps"] >= report["least_fps"] > 0
    assert 0 < report["delay_ms"]["p50"] <= report["delay_ms"]["p95"]
    assert report["web_cpu_cores"] > 0
