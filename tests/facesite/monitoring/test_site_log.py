"""The log file of `make run` takes everything that is not for the person at the console."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from facesite.monitoring.site_log import LARGEST_BYTES, OLDER_FILES

ROOT = Path(__file__).resolve().parents[3]
BEGIN = """
import faulthandler, logging, os, subprocess, sys
from pathlib import Path
from facesite.monitoring.site_log import LONGEST_LINE, logged_to
from facesite.monitoring.logging import LineFormatter
console = logging.StreamHandler()
console.setFormatter(LineFormatter("{levelname} {message}", style="{"))
logging.basicConfig(level="INFO", handlers=[console])
path = Path(sys.argv[1])
"""


def ran(path: Path, block: str) -> subprocess.CompletedProcess[str]:
    """A process that has the lines of `block` within the log at `path`."""
    within = "".join(f"    {line}\n" for line in block.strip().splitlines())
    return ran_as_written(path, f'with logged_to(path):\n{within}print("after", file=sys.stderr)\n')


def ran_as_written(path: Path, lines: str) -> subprocess.CompletedProcess[str]:
    """A process that runs `lines`."""
    code = BEGIN + lines
    return subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT, env={"VAR": str(path.parent)}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def test_lines_and_standard_error_of_children_go_to_the_file_and_not_to_the_console(tmp_path: Path) -> None:
    path = tmp_path / "log" / "site.log"
    child = "import os; os.write(2, b'rtsp://ann:hunter2@camera fell')"
    done = ran(
        path,
        f"""
logging.info("photo 7 was enrolled")
print("a library speaks", file=sys.stderr)
subprocess.run([sys.executable, "-c", {child!r}])
""",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "after\n")
    assert path.read_text().splitlines() == [
        "INFO photo 7 was enrolled",
        "WARNING a library speaks",
        "WARNING rtsp://***@camera fell",
    ]


def test_the_file_and_its_folder_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "log" / "site.log"
    ran(path, "logging.info('one')")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_log_is_bounded_and_older_files_are_as_private(tmp_path: Path) -> None:
    """With files of a tenth of their size, because every letter is looked through for secrets."""
    lines = f"""
from facesite.monitoring import site_log
site_log.LARGEST_BYTES = {LARGEST_BYTES // 10}
with logged_to(path):
    for _ in range(60): logging.info("x" * 50_000)
print("after", file=sys.stderr)
"""
    assert ran_as_written(tmp_path / "log" / "site.log", lines).stderr == "after\n"
    files = list((tmp_path / "log").iterdir())
    assert len(files) == OLDER_FILES + 1
    assert all(
        file.stat().st_size <= LARGEST_BYTES // 10 + 50_100 and file.stat().st_mode & 0o777 == 0o600 for file in files
    )


def test_a_child_that_outlives_the_block_does_not_keep_it_open(tmp_path: Path) -> None:
    path = tmp_path / "site.log"
    done = ran(path, "child = subprocess.Popen(['sleep', '20'], stdout=subprocess.DEVNULL); logging.info(child.pid)")
    try:
        assert done.stderr == "after\n"
    finally:
        subprocess.run(["kill", path.read_text().split()[1]], check=True)


def test_endless_lines_are_written_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "site.log"
    ran(path, "os.write(2, b'y' * (2 * LONGEST_LINE + 5))")
    assert [len(line.split()[1]) for line in path.read_text().splitlines()[:2]] == [10_000, 10_000]


def test_a_last_line_without_an_end_does_not_hide_the_end(tmp_path: Path) -> None:
    lines = """
for missing in range(0, 30, 3):
    with logged_to(path.with_name(f"{missing}.log")):
        os.write(2, b"y" * (LONGEST_LINE - missing))
    print("after", missing, file=sys.stderr)
"""
    done = ran_as_written(tmp_path / "site.log", lines)
    each = range(0, 30, 3)
    assert (done.returncode, done.stderr.splitlines()) == (0, [f"after {missing}" for missing in each])
    for missing in each:
        logged = (tmp_path / f"{missing}.log").read_text()
        assert "y" * 9_000 in logged
        assert "standard error" not in logged  # as when the mark was not seen


def test_text_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    assert ran(tmp_path / "site.log", "logging.info('\\udc80 fell')").stderr == "after\n"
    assert "\\udc80 fell" in (tmp_path / "site.log").read_text()


def test_a_crash_of_python_itself_is_told_on_the_console(tmp_path: Path) -> None:
    done = ran(tmp_path / "site.log", "faulthandler._sigabrt()")
    assert done.returncode < 0 and "Fatal Python error: Aborted" in done.stderr


def test_an_exception_ends_the_block_and_is_told_on_the_console(tmp_path: Path) -> None:
    done = ran(tmp_path / "site.log", "raise OSError('the disk is gone')")
    assert done.returncode == 1 and "OSError: the disk is gone" in done.stderr


def test_a_line_that_cannot_be_written_is_told_once_and_does_not_go_round(tmp_path: Path) -> None:
    done = ran(tmp_path / "site.log", "for _ in range(3): logging.info('%d', 'no number')")
    assert done.stderr.count("could not be written") == 1


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    """A file that must not grow stands for the disk."""
    block = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for _ in range(30): logging.info("x" * 100)
"""
    done = ran(tmp_path / "site.log", block)
    assert done.stderr == f"A line could not be written to {tmp_path}/site.log: [Errno 27] File too large\nafter\n"
