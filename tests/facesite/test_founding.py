"""The secrets of compose.yml: made once, and each server is given the one that the site was given."""

from __future__ import annotations

import stat
from pathlib import Path

from facesite.founding import make_secrets


def made(folder: Path) -> dict[str, str]:
    site, servers = folder / "site", folder / "servers"
    for part in (site, servers):
        part.mkdir(exist_ok=True)
    make_secrets(site, servers)
    return {path.name: path.read_text() for part in (site, servers) for path in part.iterdir()}


def test_site_and_servers_know_the_same_passwords(tmp_path: Path) -> None:
    secrets = made(tmp_path)
    assert secrets["DATABASE_URL"] == f"postgres://facesite:{secrets['POSTGRES_PASSWORD']}@postgres:5432/facesite"
    assert secrets["REDIS_URL"] == f"redis://:{secrets['VALKEY_PASSWORD']}@valkey:6379/0"
    assert secrets["valkey.conf"] == f"requirepass {secrets['VALKEY_PASSWORD']}\n"
    assert len(secrets["SECRET_KEY"]) == 96


def test_a_second_start_changes_nothing_and_two_sites_share_nothing(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    first = made(tmp_path)
    assert made(tmp_path) == first
    assert not set(made(other).values()) & set(first.values())


def test_only_their_owner_may_read_them(tmp_path: Path) -> None:
    made(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_what_a_start_that_was_killed_made_is_kept(tmp_path: Path) -> None:
    first = made(tmp_path)
    (tmp_path / "site" / "REDIS_URL").unlink()
    assert made(tmp_path) == first
