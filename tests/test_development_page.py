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
NOT_OUR_WORDS = ("visit", "shot", "evidence", "descriptor")
"""Of the words that the page crosses out, those that mean nothing else; an event or an object may be another thing."""
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


def rows_of_the_map() -> list[str]:
    """The first cell of each row, in the order of the page."""
    return re.findall(r"^\| `(\.?[\w./-]+/)` \| .+\. \|$", PAGE, re.M)


def test_the_map_has_every_folder_that_exists_once() -> None:
    of_packages = [row for row in rows_of_the_map() if row.startswith(PACKAGES)]
    assert sorted(of_packages) == sorted(folders())


def test_the_map_has_every_folder_of_tests_that_is_not_named_as_a_package() -> None:
    known = {f"tests/{package}/" for package in PACKAGES}
    ours = {f"tests/{path.parent.name}/" for path in (ROOT / "tests").glob("*/__init__.py")}
    assert ours - known - {*rows_of_the_map()} == set()


@pytest.mark.parametrize("container", PACKAGES)
def test_the_rows_of_the_map_follow_the_order_of_the_wings(container: str) -> None:
    wings = [row.split("/")[1] for row in rows_of_the_map() if re.match(rf"{container}/\w", row)]
    place = {name.replace(".base", ""): number for number, layer in enumerate(layers_of(container)) for name in layer}
    assert wings == sorted(wings, key=place.__getitem__)


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def names_in(path: Path) -> set[str]:
    """What a module defines: functions, classes and constants, and what classes hold as `Class.name`."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for each in node.body for name in defined_by(each)}
        found |= defined_by(node)
    return found


def defined_by(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def steps() -> list[str]:
    """Each answer of the table of questions, and each step of the walks."""
    rows = re.findall(r"^\| .+\? \| (.+) \|$", PAGE, re.M)
    walks = PAGE[PAGE.index("## Four walks") : PAGE.index("## How to")]
    return rows + re.findall(r"^\d+\. (.+(?:\n {3}.+)*)", walks, re.M)


def test_every_walk_has_ten_steps_and_every_question_an_answer() -> None:
    assert len(steps()) == 6 + 4 * 10


def test_every_name_of_an_answer_or_a_step_stands_in_a_file_that_it_names() -> None:
    wrong, checked = [], 0
    for step in steps():
        files = [ROOT / name for name in quoted(step) if name.endswith(".py")]
        defined = set[str]().union(*map(names_in, files))
        names = [name for name in quoted(step) if "/" not in name]
        checked += len(names)
        wrong += [(name, step) for name in names if name not in defined]
    assert checked > 60
    assert wrong == []


def test_each_question_is_answered_in_three_files() -> None:
    table = PAGE[PAGE.index("## Where is") : PAGE.index("## Words")]
    questions = [line for line in table.splitlines() if line.startswith("| ") and "?" in line]
    assert len(questions) >= 6
    for question in questions:
        assert 1 <= len(re.findall(r"`(?:facesite|people|streams)/[\w/]+\.py`", question)) <= 3, question


def layers_of(container: str) -> list[list[str]]:
    """The order that import-linter checks, from the top; those in one list stand beside each other."""
    (contract,) = (each for each in CONTRACTS if each.get("containers") == [container])
    return [[name.strip() for name in line.split("|")] for line in contract["layers"]]


def order_on_the_page(container: str) -> list[list[str]]:
    if container in PACKAGES:
        told = PAGE[PAGE.index(f"### {container}:") :].split("Order, from the top:", 1)[1]
    else:
        told = PAGE.split(f"Order within `{container}`, from the top:", 1)[1]
    layers = told.split(".\n", 1)[0].replace("`facesite/embedded/site.py`", "embedded.site").split(";")
    return [[word for word in re.findall(r"[a-z._]+", layer) if word != "and"] for layer in layers]


@pytest.mark.parametrize("container", [*PACKAGES, "people.recognition", "streams.pipeline"])
def test_the_order_of_the_wings_is_the_one_that_is_checked(container: str) -> None:
    checked = [[name.replace("embedded.base", "embedded") for name in layer] for layer in layers_of(container)]
    assert order_on_the_page(container) == checked


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
    assert [name for name in classes if any(word.title() in name for word in NOT_OUR_WORDS)] == []


def test_the_words_that_are_looked_for_are_those_that_the_page_crosses_out() -> None:
    words = PAGE[PAGE.index("## Words") : PAGE.index("## Map")]
    crossed_out = {word for row in re.findall(r"^\| .+ \| (.+) \|$", words, re.M) for word in re.findall(r"\w+", row)}
    assert {*NOT_OUR_WORDS} <= crossed_out


def test_every_package_says_in_a_sentence_what_it_is() -> None:
    for folder in folders():
        told = ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_text()))
        assert told or folder == "streams/templatetags/", folder


def settings_that_are_read() -> set[str]:
    code = "".join(path.read_text() for path in modules())
    return set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", code))


def test_readmes_table_of_settings_has_those_that_are_read_and_no_others() -> None:
    table = README[README.index("## Configuration") : README.index("## Privacy")]
    told = {name for line in table.splitlines() if line.startswith("| `") for name in quoted(line.split("|")[1])}
    assert settings_that_are_read() - told == set()
    assert told - settings_that_are_read() - SET_BY_MAKE == set()
