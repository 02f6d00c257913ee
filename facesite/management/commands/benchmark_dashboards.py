"""`manage.py benchmark_dashboards`: how many people can watch at once, and how late they see what happens."""

from __future__ import annotations

import asyncio
import json
import os
import time
from argparse import SUPPRESS, ArgumentParser
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from facesite.lab.cluster import Cluster
from facesite.lab.dashboards import Load, watch_all
from facesite.lab.demo.seed import CLIP
from facesite.lab.errors import NotInstalled
from streams.live.viewers import MOST_PLACES
from streams.records.camera import Camera, CameraStatus
from streams.records.states import CameraStateName

ANALYSIS_FPS = 5.0
LIVE_WITHIN_S = 90.0
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Command(BaseCommand):
    help = (
        "Start a site of its own (web, worker, Postgres, Valkey), let many dashboards watch its cameras, and say how "
        "many pictures each was shown, how late, and what it cost the web process."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dashboards", type=int, default=100, metavar="N")
        parser.add_argument("--cameras", type=int, default=4, metavar="N")
        parser.add_argument("--seconds", type=float, default=20.0)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        # How it calls itself again, inside the environment of the site that it started.
        parser.add_argument("--inside", nargs=2, metavar=("URL", "WEB_PID"), help=SUPPRESS)

    def handle(self, *, dashboards: int, cameras: int, seconds: float, **options: Any) -> None:
        if not (1 <= dashboards <= 1000 and 1 <= cameras <= 64 and seconds > 0):
            raise CommandError("expected 1 to 1000 dashboards, 1 to 64 cameras, and some seconds")
        if options["inside"]:
            address, pid = options["inside"]
            self.stdout.write(json.dumps(_measure(address, int(pid), dashboards, cameras, seconds)))
            return
        report = _with_a_site(dashboards, cameras, seconds)
        lines = json.dumps(report, indent=2) if options["json"] else "\n".join(f"{k}: {v}" for k, v in report.items())
        self.stdout.write(lines)


def _with_a_site(dashboards: int, cameras: int, seconds: float) -> dict[str, Any]:
    how = ["--dashboards", str(dashboards), "--cameras", str(cameras), "--seconds", str(seconds)]
    with TemporaryDirectory(prefix="facesite-dashboards-") as folder:
        Path(folder).chmod(0o755)  # Postgres runs as another user when this is root
        try:
            with Cluster(Path(folder), workers=1) as cluster:
                cluster.await_ready()
                inside = ["--inside", cluster.address, str(cluster.pid("web"))]
                report: dict[str, Any] = json.loads(cluster.manage("benchmark_dashboards", *how, *inside))
                return report
        except NotInstalled as error:
            raise CommandError(str(error)) from error


def _measure(address: str, web: int, dashboards: int, cameras: int, seconds: float) -> dict[str, Any]:
    slugs = _cameras(cameras)
    sessions = _sessions(dashboards)
    load, cpu_cores = asyncio.run(_watched(address, web, sessions, slugs, seconds))
    each_ms = 1000 * cpu_cores * load.seconds / max(load.pictures, 1)
    memory = _status_mb(web)
    return {**asdict(load), "web_cpu_cores": cpu_cores, "web_cpu_ms_per_picture": round(each_ms, 3), "web_mb": memory}


async def _watched(address: str, web: int, sessions: list[str], slugs: list[str], seconds: float) -> tuple[Load, float]:
    """The load, and the processor time that the web process spent a second, from the first socket to the last."""
    before, began = _cpu_s(web), asyncio.get_running_loop().time()
    load = await watch_all(address, sessions, slugs, seconds)
    return load, round((_cpu_s(web) - before) / (asyncio.get_running_loop().time() - began), 2)


def _cameras(count: int) -> list[str]:
    """The demo's camera, and as many again as are wanted."""
    Camera.objects.update(analysis_fps=ANALYSIS_FPS)
    for number in range(Camera.objects.count(), count):
        Camera.objects.create(
            name=f"Camera {number}", slug=f"camera-{number}", source=CLIP, loop=True, analysis_fps=ANALYSIS_FPS
        )
    end = time.monotonic() + LIVE_WITHIN_S
    while CameraStatus.objects.filter(state=CameraStateName.LIVE).count() < count:
        if time.monotonic() > end:
            raise CommandError(f"{count} cameras are not live after {LIVE_WITHIN_S:g} s")
        time.sleep(0.5)
    return list(Camera.objects.values_list("slug", flat=True))


def _sessions(count: int) -> list[str]:
    """Session keys, as many to a user as one user may have places."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = []
    for number in range(count):
        user, _ = User.objects.get_or_create(
            username=f"viewer-{number // MOST_PLACES}", defaults={"is_superuser": True, "is_active": True}
        )
        session = store()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), MODEL_BACKEND
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        keys.append(str(session.session_key))
    return keys


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("VmRSS:"))
