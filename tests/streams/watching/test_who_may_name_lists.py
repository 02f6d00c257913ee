"""Whatever offers or takes a watchlist asks for the right to see watchlists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CODE = Path(__file__).parents[3]
ELSEWHERE = {
    "people/admin/members_form.py": "the admin's form of a watchlist, of one that its user edits",
    "people/admin/forms.py": "the admin takes the field away without the right (people/admin/person.py)",
    "people/api/viewsets.py": "the table of rights of the watchlists' own addresses",
    "people/editing/members.py": "a service, of a list that was chosen by a form",
    "people/editing/person_services.py": "a service, of a list that was chosen by a form",
    "people/editing/proposal_effects.py": "a service, of a proposal's list",
    "people/editing/proposing.py": "a service, of a list that was chosen by a form",
    "streams/alerting/rule_book.py": "the worker's book of rules",
    "streams/alerts/rule_serializers.py": "_offered asks (tests/streams/alerts/test_rule_api.py)",
}
"""Files that read lists otherwise, each with why it may."""
ASKED = re.compile(r"Watchlist\.objects\.(?!visible_to\(|none\(\)|create\()")


@pytest.mark.parametrize("package", ["people", "streams", "facesite"])
def test_lists_are_offered_to_those_who_may_see_them(package: str) -> None:
    files = [path for path in (CODE / package).rglob("*.py") if "lab" not in path.parts]
    others = {str(path.relative_to(CODE)) for path in files if ASKED.search(path.read_text())}
    assert others == {name for name in ELSEWHERE if name.startswith(package)}
