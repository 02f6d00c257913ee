"""The form for whom to show on the page of who is here, used by the API and the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest

from people.api.filters import watchlists_for
from people.records.watchlist import Watchlist
from streams.presence.report import WhoIsHere, presence
from streams.presence.whereabouts import Where

WORDS = {
    Where.IN_VIEW: "In view",
    Where.HERE: "Here",
    Where.LEFT: "Left",
    Where.SEEN: "Seen elsewhere",
}


class PresenceForm(forms.Form):
    """Chooses people by name, watchlist and where they are."""

    name = forms.CharField(required=False, max_length=200, label="Name")
    watchlist = forms.ModelChoiceField(Watchlist.objects.none(), required=False, label="Watchlist", empty_label="All")
    where = forms.MultipleChoiceField(required=False, choices=list(WORDS.items()), widget=forms.MultipleHiddenInput)

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data)
        self._user = request.user
        self.fields["watchlist"].queryset = watchlists_for(request)  # type: ignore[attr-defined]

    def presence(self, now: datetime) -> WhoIsHere:
        """Returns who is here at `now`. The form must be valid."""
        asked = self.cleaned_data
        return presence(self._user, now, watchlist=asked["watchlist"], name=asked["name"])

    @property
    def chosen(self) -> frozenset[Where]:
        """Where the people are who are to be listed: everywhere, if nothing was chosen. The form must be valid."""
        return frozenset(map(Where, self.cleaned_data["where"])) or frozenset(Where)
