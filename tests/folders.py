"""Working folders of sites, made once and copied: a first start makes a database, 8 to 14 s of the processor."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def migrated(folder: Path) -> Path:
    """Returns a working folder in `folder` that has been migrated, and no more; whoever comes first makes it."""
    var = folder / "migrated" / "var"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not var.exists():
            soon = folder / "migrated-soon" / "var"
            soon.mkdir(parents=True)
            around = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=ROOT, env={**around, "VAR": str(soon)}, check=True,
            )  # fmt: skip
            soon.parent.rename(var.parent)
    return var


def copied(var: Path, into: Path) -> Path:
    """Copies the working folder `var` of a site that does not run into the folder `into`, which may be new.

    Its database belongs to a user of its own, who stays its owner.
    """
    into.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", str(var), str(into)], check=True)
    return into / var.name
