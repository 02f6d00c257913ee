"""What `manage.py doctor` looks at: each examination says in words what it found, and what to do when it is wrong."""

from __future__ import annotations

import asyncio
import os
import stat
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from facesite import env
from facesite.monitoring import alerting_findings, erasing_findings
from facesite.monitoring.audit_findings import audit_problems, audit_words
from facesite.monitoring.finding import Finding, unwell
from facesite.monitoring.keeping_findings import keeping
from people.recognition.engine.engine import Engine
from people.recognition.errors import BadWeights, RecognitionError
from people.recognition.liveness.published import read
from streams.cameras.liveness import hinting_cameras, liveness_folder
from streams.pipeline.sources.confinement import NETWORK_ABI, abi, can_confine
from streams.wire.cache import shared_cache

# 2 s: leases go by the database's clock and sightings by the host's; the live page calls frames older than 3 s stale.
MOST_SKEW_S = 2.0
OLDEST_POSTGRES = 15
ANSWERS_WITHIN_S = 5.0
_REDIS_HINT = "Is REDIS_URL right, and does a network policy or firewall let this process reach it?"


def examine() -> list[Finding]:
    """Every part, also after one that is not well."""
    return [finding for part, look in PARTS.items() for finding in _safely(part, look)]


def configuration() -> list[Finding]:
    problems = [problem for problem in run_checks() if problem.level >= ERROR]
    if not problems:
        mode = "embedded" if env.EMBEDDED else "distributed"
        return [Finding("configuration", True, f"no system check complains; the mode is {mode}")]
    return [Finding("configuration", False, f"{each.id}: {each.msg}", each.hint or "") for each in problems]


def database() -> list[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            version = int(cursor.fetchone()[0])
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
            vector = (cursor.fetchone() or (None,))[0]
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        # Only the kind of error: its message quotes address and user.
        says = f"does not answer ({type(error).__name__})"
        return [unwell("database", says, "Is DATABASE_URL right, and the server reachable from here?")]
    if version < OLDEST_POSTGRES:
        return [unwell("database", f"is PostgreSQL {version}", f"Expected {OLDEST_POSTGRES} or newer.")]
    if missing:
        return [unwell("database", f"lacks {missing} migrations", "Run `manage.py migrate`.")]
    if vector is None:
        return [unwell("database", "has no extension vector", "Run `manage.py migrate` as a user who may create it.")]
    return [Finding("database", True, f"PostgreSQL {version} with pgvector {vector}, all migrations applied")]


def clocks() -> list[Finding]:
    try:
        with connection.cursor() as cursor:
            before = datetime.now(UTC)
            cursor.execute("SELECT clock_timestamp()")
            there: datetime = cursor.fetchone()[0]
            after = datetime.now(UTC)
    except DatabaseError:
        return []  # said already
    skew_s = abs((there - (before + (after - before) / 2)).total_seconds())
    if skew_s > MOST_SKEW_S:
        return [unwell("clocks", f"of database and host differ by {skew_s:.1f} s", "Synchronise both by NTP.")]
    return [Finding("clocks", True, f"of database and host agree within {skew_s * 1000:.0f} ms")]


def channel_layer() -> list[Finding]:
    try:
        async_to_sync(_round_trip)()
    except Exception as error:  # noqa: BLE001 - each layer has exceptions of its own
        return [unwell("channel layer", f"does not answer ({type(error).__name__})", _REDIS_HINT)]
    kind = "Redis" if settings.REDIS_URL else "in the memory of one process"
    return [Finding("channel layer", True, f"carries messages ({kind})")]


async def _round_trip() -> None:
    layer: Any = get_channel_layer()
    own = await layer.new_channel()
    async with asyncio.timeout(ANSWERS_WITHIN_S):
        await layer.send(own, {"type": "doctor"})
        await layer.receive(own)
    if hasattr(layer, "close_pools"):
        await layer.close_pools()


def cache() -> list[Finding]:
    key, value = f"doctor:{uuid.uuid4().hex}", b"\x00picture"
    try:
        shared_cache().set(key, value, 10)
        kept = shared_cache().get(key)
        shared_cache().delete(key)
    except Exception as error:  # noqa: BLE001 - each cache has exceptions of its own
        return [unwell("cache", f"does not answer ({type(error).__name__})", _REDIS_HINT)]
    if kept != value:
        return [unwell("cache", "forgets at once", "Is its memory full? Pictures need about 1 MB per camera.")]
    return [Finding("cache", True, "keeps what it is given")]


def media() -> list[Finding]:
    """A small object is stored, read, and deleted."""
    where = f"bucket {settings.GCS_BUCKET}" if settings.GCS_BUCKET else f"folder {settings.MEDIA_ROOT}"
    try:
        name = default_storage.save(f"doctor/{uuid.uuid4().hex}", ContentFile(b"doctor"))
        with default_storage.open(name) as stored:
            is_same = stored.read() == b"doctor"
        default_storage.delete(name)
    except Exception as error:  # noqa: BLE001 - each storage has exceptions of its own
        advice = "The process needs roles/storage.objectUser on it." if settings.GCS_BUCKET else "May it be written?"
        return [unwell("media", f"{where} cannot be used ({type(error).__name__})", advice)]
    if not is_same:
        return [unwell("media", f"{where} gave back something else than was stored")]
    return [Finding("media", True, f"{where}: stored, read and deleted")]


def engine() -> list[Finding]:
    try:
        loaded = Engine.load(Path(settings.MODEL_CACHE))
    except (RecognitionError, OSError) as error:
        return [unwell("engine", str(error), "Install the locked packages anew: `make setup`, or build the image.")]
    return [Finding("engine", True, f"gives the recorded encodings ({loaded.key})")]


def liveness() -> list[Finding]:
    """The network for hints at held pictures, which only cameras that give them need."""
    try:
        names = [camera.name for camera in hinting_cameras().enabled().order_by("name")]
    except DatabaseError:
        return []  # said already
    hinting = ", ".join(names)
    try:
        read(liveness_folder())
    except BadWeights as error:
        if not hinting:
            return [Finding("liveness", True, "not installed, and no camera hints at held pictures")]
        advice = "Run `manage.py fetch_liveness`, or switch the hint off there."
        return [unwell("liveness", f"{hinting} cannot hint at held pictures: {error}", advice)]
    return [Finding("liveness", True, f"installed; cameras that hint at held pictures: {hinting or 'none'}")]


def decoder() -> list[Finding]:
    return [Finding("decoder", True, f"PyAV {av.__version__} with FFmpeg {av.ffmpeg_version_info}")]


def confinement() -> list[Finding]:
    """The second wall around cameras; the gate, which is the first, needs nothing of the kernel."""
    if can_confine():
        return [Finding("confinement", True, f"on: nothing but the gate connects to cameras (Landlock {abi()})")]
    why = f"this kernel cannot forbid connections (Landlock {abi()}, wanted {NETWORK_ABI})"
    return [Finding("confinement", True, f"off: {why}; the gate alone checks where cameras lead")]


def folder() -> list[Finding]:
    """VAR: what is written there, and that its secrets are the owner's alone."""
    if not env.VAR.is_dir() or not os.access(env.VAR, os.W_OK):
        return [unwell("folder", f"{env.VAR} cannot be written", "Set VAR to a folder of this user.")]
    secrets = [path for path in (env.VAR / "secret-key", env.VAR / "demo-password") if path.exists()]
    loose = [path for path in secrets if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if loose:
        return [unwell("folder", f"{path} can be read by others", f"chmod 600 {path}") for path in loose]
    return [Finding("folder", True, f"{env.VAR} can be written")]


def audit() -> list[Finding]:
    """Who looked and who changed what: whether that is written down, whole and anchored."""
    try:
        problems = [unwell("audit", says, advice) for says, advice in audit_problems()]
        return problems or [Finding("audit", True, audit_words())]
    except DatabaseError:
        return []  # said already


def _safely(part: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - an examination that fails must not hide the others
        return [unwell(part, f"could not be examined: {type(error).__name__}: {error}")]


PARTS: dict[str, Callable[[], list[Finding]]] = {
    "configuration": configuration,
    "database": database,
    "clocks": clocks,
    "channel layer": channel_layer,
    "cache": cache,
    "media": media,
    "engine": engine,
    "liveness": liveness,
    "decoder": decoder,
    "confinement": confinement,
    "folder": folder,
    "rules": alerting_findings.rules,
    "channels": alerting_findings.channels,
    "audit": audit,
    "keeping": keeping,
    "erasures": erasing_findings.erasures,
}
