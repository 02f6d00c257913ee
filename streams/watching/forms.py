"""The form of a proposal: what it is about comes with the address, and who writes it says why."""

from __future__ import annotations

from typing import Any

from django import forms

from people.editing.proposing import propose
from people.records.person import Person
from people.records.proposal import Proposal, ProposalKind
from people.records.watchlist import Watchlist
from streams.alerting.lowering import propose_certainty
from streams.records.rule import MOST_LOOKS, Rule
from streams.records.states import Certainty


class ProposalForm(forms.Form):
    """Takes only people, lists and rules that its user may see. Which fields it needs depends on `kind`."""

    kind = forms.ChoiceField(choices=ProposalKind.choices, widget=forms.HiddenInput)
    watchlist = forms.ModelChoiceField(Watchlist.objects.none(), required=False)
    person = forms.ModelChoiceField(Person.objects.none(), required=False, widget=forms.HiddenInput)
    rule = forms.ModelChoiceField(Rule.objects.none(), required=False, widget=forms.HiddenInput)
    certainty = forms.ChoiceField(choices=Certainty.choices, required=False, label="How sure")
    looks = forms.IntegerField(min_value=1, max_value=MOST_LOOKS, required=False, label="Looks that must agree")
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, user: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.user = user
        offered: dict[str, Any] = {
            "watchlist": Watchlist.objects.visible_to(user).filter(two_people=True),
            "person": Person.objects.within_limits_of(user),
            "rule": Rule.objects.visible_to(user).select_related("watchlist")
            if user.has_perm("streams.change_rule")
            else Rule.objects.none(),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        about_rule = said.get("kind") == ProposalKind.CERTAINTY
        for name in ("rule", "certainty", "looks") if about_rule else ("watchlist",):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, "Choose one.")
        return said

    def propose(self) -> Proposal:
        """Writes the proposal of a valid form. Raises PeopleError."""
        said = self.cleaned_data
        if said["kind"] == ProposalKind.CERTAINTY:
            return propose_certainty(
                rule=said["rule"],
                certainty=said["certainty"],
                looks=said["looks"],
                reason=said["reason"],
                by=self.user,
            )
        return propose(
            kind=ProposalKind(said["kind"]),
            watchlist=said["watchlist"],
            person=said["person"],
            reason=said["reason"],
            by=self.user,
        )
