"""Decides who sees the browsable API: pages for logged-in users, JSON for everybody else."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request


class PagesForUsers(DefaultContentNegotiation):
    """Refuses browsable pages to strangers, because the pages describe the API."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        if not request.user.is_authenticated:
            renderers = [each for each in renderers if not isinstance(each, BrowsableAPIRenderer)]
        return super().select_renderer(request, renderers, format_suffix)
