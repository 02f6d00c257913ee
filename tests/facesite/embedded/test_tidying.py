"""The daily tidy of a site without cron."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from facesite.embedded.tidying import TIDY, tidy_daily


async def until(path: Path, wanted: str) -> None:
    while said(path) != wanted:
        await asyncio.sleep(0.02)


def said(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def test_it_comes_again_also_after_one_that_failed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    told = tmp_path / "told"
    fails = (sys.executable, "-c", f"open({str(told)!r}, 'a').write('x'); raise SystemExit(3)")
    with caplog.at_level(logging.ERROR):
        tidying = asyncio.create_task(tidy_daily(fails, first_s=0, every_s=0.01))
        while len(said(told)) < 2:
            await asyncio.sleep(0.02)
        tidying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await tidying
    assert "the daily tidy ended with 3" in caplog.text


async def test_one_that_works_when_the_site_stops_is_told_to_end(tmp_path: Path) -> None:
    started, ended = tmp_path / "started", tmp_path / "ended"
    code = f"""
import signal, sys, time
def end(*_):
    open({str(ended)!r}, "w").write("yes")
    sys.exit()
signal.signal(signal.SIGTERM, end)
open({str(started)!r}, "w").write("yes")
time.sleep(60)
"""
    tidying = asyncio.create_task(tidy_daily((sys.executable, "-c", code), first_s=0))
    await asyncio.wait_for(until(started, "yes"), 60)
    tidying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tidying
    await asyncio.wait_for(until(ended, "yes"), 60)


def test_it_is_the_command_that_a_cluster_runs_by_cron() -> None:
    assert TIDY[1:] == ("manage.py", "tidy")
