"""The names of the browsable API's pages."""

from django.utils.text import capfirst
from rest_framework.views import APIView, get_view_name

NAMED_BY = {"List": "verbose_name_plural", "Instance": "verbose_name"}


def page_name(view: APIView) -> str:
    """Returns a page's heading and breadcrumb: `People` for the list, `Person` for one of them."""
    queryset = getattr(view, "queryset", None)
    named_by = NAMED_BY.get(getattr(view, "suffix", None) or "")
    if queryset is None or named_by is None:
        return get_view_name(view)
    return capfirst(str(getattr(queryset.model._meta, named_by)))
