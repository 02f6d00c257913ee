"""What settings read from outside."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from facesite import env, fixed_days
from people.records import keeping_term

ROOT = Path(env.__file__).parent.parent


def settings_with(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of its own, with nothing but `environment` set."""
    code = "from facesite import settings; print(settings.SECRET_KEY)"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, text=True, capture_output=True, timeout=30
    )


def test_a_kept_secret_is_made_once_and_readable_by_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "VAR", tmp_path)
    first = env.kept_secret("key")
    assert env.kept_secret("key") == first
    assert len(first) >= 48
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_server_database_without_a_secret_key_refuses_to_start(tmp_path: Path) -> None:
    result = settings_with(DATABASE_URL="postgres://u:p@db/facesite", VAR=str(tmp_path))
    assert result.returncode != 0
    assert "Set SECRET_KEY" in result.stderr


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-the-file")
    result = settings_with(SECRET_KEY_FILE=str(tmp_path / "key"), DATABASE_URL="postgres://u:p@db/x", VAR=str(tmp_path))
    assert result.stdout.strip() == "from-the-file"


def test_a_database_that_is_no_postgres_is_refused(tmp_path: Path) -> None:
    result = settings_with(DATABASE_URL="sqlite:///x.db", SECRET_KEY="k", VAR=str(tmp_path))
    assert "must name a Postgres server" in result.stderr


@pytest.mark.parametrize("name", ["SEARCHES_KEEP_DAYS", "SIGHTING_ENCODINGS_KEEP_DAYS", "ALERTS_KEEP_DAYS"])
def test_a_negative_number_of_days_is_refused(tmp_path: Path, name: str) -> None:
    result = settings_with(VAR=str(tmp_path), **{name: "-1"})
    assert result.returncode != 0 and f"{name}: expected a number of days" in result.stderr


def test_an_audit_of_a_few_days_is_refused(tmp_path: Path) -> None:
    result = settings_with(VAR=str(tmp_path), AUDIT_KEEP_DAYS="1")
    assert result.returncode != 0 and "AUDIT_KEEP_DAYS: expected at least 90 days" in result.stderr


def test_days_that_the_environment_fixes_have_the_bounds_of_the_schedule() -> None:
    ours, schedules = (
        (module.LEAST_DAYS_OF_AUDIT, module.MOST_DAYS) for module in (fixed_days, keeping_term)
    )  # settings cannot read the schedule's, which needs settings
    assert ours == schedules


def test_a_negative_limit_of_statements_is_refused(tmp_path: Path) -> None:
    result = settings_with(VAR=str(tmp_path), STATEMENT_SECONDS="-1")
    assert result.returncode != 0 and "STATEMENT_SECONDS: expected seconds" in result.stderr


def test_the_embedded_key_differs_between_sites(tmp_path: Path) -> None:
    keys = {settings_with(VAR=str(tmp_path / name)).stdout for name in ("a", "b")}
    assert len(keys) == 2
    assert "" not in keys


@pytest.mark.parametrize("value", ["10.0.0.1,1", "2,3", "-1", "10.0.0.1/8", "proxy.example", "*"])
def test_proxies_that_are_no_networks_are_refused_with_what_to_write(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)
    with pytest.raises(ImproperlyConfigured, match=r"TRUSTED_PROXIES: .*Write the addresses or networks"):
        env.trusted_proxies(https=True)


@pytest.mark.parametrize("https", [True, False])
@pytest.mark.parametrize(
    ("value", "networks"),
    [("none", []), ("10.0.3.7, 192.168.0.0/24,::1", ["10.0.3.7", "192.168.0.0/24", "::1"])],
)
def test_proxies_are_networks(value: str, networks: list[str], https: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)
    assert env.trusted_proxies(https=https)[0] == networks


def test_settings_of_the_last_release_mean_what_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of proxies, and HTTPS without any: the site must start, and checks warn."""
    for value, believed in (("", 0), ("0", 0), ("2", 2), ("1000", 20)):
        monkeypatch.setenv("TRUSTED_PROXIES", value)
        assert env.trusted_proxies(https=True) == (env.ANYBODY, believed)
    monkeypatch.setenv("TRUSTED_PROXIES", "")
    assert env.trusted_proxies(https=False) == ([], 0)
