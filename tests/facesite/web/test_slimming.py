"""The pages' scripts do the same without their comments and spaces: their own unit tests run over what is served."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from facesite.web.slimming import OURS, slimmed
from facesite.web.static_storage import HashedStaticFiles

ROOT = Path(__file__).parents[3]
NODE = Path(sys.executable).with_name("node")
SCRIPTS = sorted(path for package in OURS for path in ROOT.glob(f"{package}static/**/*.js"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with slimmed scripts, as far as their unit tests need one."""
    folder = tmp_path_factory.mktemp("served")
    for path in SCRIPTS:
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(slimmed(str(path).partition("/static/")[2], path.read_bytes()))
    shutil.copytree(ROOT / "tests" / "javascript", folder / "tests" / "javascript")
    for name in ("templates", "people/templates", "node_modules", "package.json"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_slimmed_scripts_pass_the_unit_tests(served: Path) -> None:
    tests = sorted((served / "tests" / "javascript").glob("*.test.js"))
    done = subprocess.run([NODE, "--test", *tests], cwd=served, capture_output=True, text=True, timeout=120)
    assert tests and done.returncode == 0, done.stdout


def test_slimmed_scripts_are_shorter_and_still_javascript(served: Path) -> None:
    slim = [served / path.relative_to(ROOT) for path in SCRIPTS]
    for path, before in zip(slim, SCRIPTS, strict=True):
        assert path.stat().st_size < before.stat().st_size and b"@ts-check" not in path.read_bytes(), path.name
    parse = "for (const path of process.argv.slice(1)) new vm.SourceTextModule(fs.readFileSync(path, 'utf8'))"
    node = [NODE, "--experimental-vm-modules", "-e", parse, *slim]
    done = subprocess.run(node, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_scripts_of_others_are_served_as_they_came() -> None:
    script = b"/* theirs */ let  a  = 1;"
    assert slimmed("admin/js/core.js", script) == slimmed("streams/live.css", script) == script


def test_collected_scripts_are_slimmed_also_under_their_hash_and_pictures_are_not_touched(
    tmp_path: Path, settings: Any
) -> None:
    sources = FileSystemStorage(tmp_path / "sources")
    sources.save("streams/live.js", ContentFile(b'// why\nimport { a } from "./a.js";\na ( 1 );\n'))
    sources.save("streams/a.js", ContentFile(b"// why\nexport const a = 1;\n"))
    sources.save("facesite/dot.png", ContentFile(b"\x89PNG // \n"))
    storage = HashedStaticFiles(location=tmp_path / "collected", base_url="/static/")
    names = ("streams/live.js", "streams/a.js", "facesite/dot.png")
    for name in names:
        with sources.open(name) as file:
            storage.save(name, file)
    list(storage.post_process({name: (sources, name) for name in names}))
    (hashed,) = (tmp_path / "collected" / "streams").glob("live.*.js")
    (other,) = (tmp_path / "collected" / "streams").glob("a.*.js")
    assert hashed.read_text() == f'import{{a}}from"./{other.name}";a(1);'
    assert (tmp_path / "collected" / "streams" / "a.js").read_bytes() == b"export const a=1;"
    assert (tmp_path / "collected" / "facesite" / "dot.png").read_bytes() == b"\x89PNG // \n"
