"""docs/development.md tells the truth: its folders, files and names exist, and nothing that exists is left out."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/development.md").read_text()
README = (ROOT / "README.md").read_text()
PACKAGES = ("facesite", "people", "streams")
AS_IN_EVERY_PROJECT = {"management", "migrations", "static", "templates", "__pycache__"}
NAMED_BY_DJANGO = {"DatabaseWrapper", "Media", "Meta", "Command", "Migration"}
NOT_OUR_WORDS = ("Visit", "Shot", "Evidence")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
DOCUMENTS = [ROOT / "README.md", ROOT / "k8s/README.md", *sorted((ROOT / "docs").glob("*.md"))]
SET_BY_MAKE = {"PORT", "PYTHON"}


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]


def folders() -> set[str]:
    """Every package folder that has modules of its own, as the page writes it."""
    found = {path.parent.relative_to(ROOT) for path in modules()}
    return {f"{folder}/" for folder in found if not AS_IN_EVERY_PROJECT & {*folder.parts}}


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def test_every_folder_that_exists_is_named() -> None:
    assert folders() - {*quoted(PAGE)} == set()


def test_every_folder_and_file_that_is_named_exists() -> None:
    named = [name for name in quoted(PAGE) if re.fullmatch(r"\.?[\w./-]+/[\w./-]*", name)]
    assert len(named) > 100
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_that_a_document_names_exists(document: Path) -> None:
    named = re.findall(
        r"(?:facesite|people|streams|tests|k8s)/[\w/.-]+\.(?:py|js|yaml|sh|json|yml)\b", document.read_text()
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def names_in(path: Path) -> set[str]:
    """Functions, classes and constants of a module, methods too, both alone and as `Class.method`."""
    tree, found = ast.parse(path.read_text()), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inside = [each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            inside += [
                each.targets[0].id
                for each in node.body
                if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
            ]
            found |= {f"{node.name}.{name}" for name in inside}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def answers() -> list[tuple[str, str]]:
    """Each file of the questions and walks, with the rest of its sentence up to the next file."""
    text = (
        PAGE[PAGE.index("## Where is") : PAGE.index("## Words")]
        + PAGE[PAGE.index("## Four walks") : PAGE.index("## How to")]
    )
    return re.findall(
        r"`((?:facesite|people|streams)/[\w/]+\.py)`(.*?)(?=`(?:facesite|people|streams)/|\n\d+\. |\n\||\n#|\Z)",
        text,
        re.S,
    )


def test_every_name_of_a_walk_stands_in_its_file() -> None:
    everything = set[str]().union(*(names_in(path) for path in modules()))
    wrong, checked = [], 0
    for file, told in answers():
        for name in re.findall(r"`(_?[A-Za-z_]+(?:\.[a-z_]+|\.[A-Z]+)?)`", told):
            if name not in everything and not re.search(r"[A-Z_]", name):
                continue  # a word, such as the channel `recognition`
            checked += 1
            if name not in names_in(ROOT / file) and name not in everything:
                wrong.append((file, name))
    assert checked > 40
    assert wrong == []


def test_each_question_is_answered_in_three_files() -> None:
    table = PAGE[PAGE.index("## Where is") : PAGE.index("## Words")]
    questions = [line for line in table.splitlines() if line.startswith("| ") and "?" in line]
    assert len(questions) >= 6
    for question in questions:
        assert 1 <= len(re.findall(r"`(?:facesite|people|streams)/[\w/]+\.py`", question)) <= 3, question


def layers_of(container: str) -> list[str]:
    (contract,) = (each for each in CONTRACTS if each.get("containers") == [container])
    return [name.strip() for line in contract["layers"] for name in line.split("|")]


@pytest.mark.parametrize("container", PACKAGES)
def test_the_order_of_the_wings_is_the_one_that_is_checked(container: str) -> None:
    section = PAGE[PAGE.index(f"### {container}:") :]
    told = section[section.index("Order, from the top:") :].split("\n\n")[0]
    words = re.findall(r"[a-z]+", told.replace("`facesite/embedded/site.py`", "embeddedsite").split(":", 1)[1])
    order = [
        layer.replace("embedded.site", "embeddedsite").replace("embedded.base", "embedded")
        for layer in layers_of(container)
    ]
    assert [word for word in words if word != "and"] == order


def test_the_wings_stay_as_small_as_they_were_made() -> None:
    most = {"people": 12, "people/recognition": 8, "streams/pipeline": 8, "facesite": 12, "streams": 12}
    at_root = {folder: len([*(ROOT / folder).glob("[a-z]*.py")]) for folder in most}
    assert {folder: number for folder, number in at_root.items() if number > most[folder]} == {}
    assert len(CONTRACTS) >= 6


def test_no_class_name_stands_twice_and_none_is_a_word_that_the_page_forbids() -> None:
    classes = Counter(
        node.name
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, number in classes.items() if number > 1} <= NAMED_BY_DJANGO
    assert [name for name in classes if any(word in name for word in NOT_OUR_WORDS)] == []


def test_every_package_says_in_a_sentence_what_it_is() -> None:
    for folder in folders():
        told = ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_text()))
        assert told or folder == "streams/templatetags/", folder


def settings_that_are_read() -> set[str]:
    code = "".join((ROOT / "facesite" / name).read_text() for name in ("env.py", "settings.py", "connections.py"))
    return set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", code))


def test_readmes_table_of_settings_has_those_that_are_read_and_no_others() -> None:
    table = README[README.index("## Configuration") : README.index("## Privacy")]
    told = {name for line in table.splitlines() if line.startswith("| `") for name in quoted(line.split("|")[1])}
    assert settings_that_are_read() - told == set()
    assert told - settings_that_are_read() - SET_BY_MAKE == set()
