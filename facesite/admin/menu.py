"""The admin's menu: its pages by job and with plain names, instead of Django's apps and models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from people.accounts.limits import limit_kinds, limits_of
from people.records.groups import person_limits

Apps = Sequence[Mapping[str, Any]]
"""What Django's admin offers this user, as `available_apps` of its pages has it."""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A list of the admin; it is offered to whoever Django's admin offers it."""

    name: str
    model: str
    """Such as "people.Person"."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """Another page, which is offered to whoever has all `rights`."""

    name: str
    view: str
    rights: tuple[str, ...]
    about_everybody: bool = False
    """Whether it is refused to users who see only some people."""
    about_everything: bool = False
    """Whether it is refused to users who see only some people or only some cameras."""


JOBS: tuple[tuple[str, tuple[ListEntry | PageEntry, ...]], ...] = (
    (
        "People",
        (
            ListEntry("People", "people.Person"),
            ListEntry("Photos", "people.Photo"),
            ListEntry("Imports", "people.ImportJob"),
            ListEntry("Watchlists", "people.Watchlist"),
            ListEntry("Groups of people", "people.PersonGroup"),
        ),
    ),
    (
        "Privacy",
        (
            ListEntry("Bases", "people.Basis"),
            ListEntry("Enrolment links", "people.EnrolmentLink"),
            ListEntry("Kiosks", "people.Kiosk"),
            ListEntry("Consent texts", "people.ConsentText"),
            ListEntry("Policy of the site", "people.SitePolicy"),
            ListEntry("Schedule of keeping", "people.KeepingTerm"),
            PageEntry("Erasures", "erasures", ("streams.view_erasure",), about_everything=True),
            PageEntry("Access requests", "access_requests", ("streams.view_accessrequest",), about_everything=True),
            PageEntry("Who looked", "audit", ("people.view_audit",), about_everything=True),
            PageEntry("Unusual use", "unusual_use", ("people.view_audit",), about_everything=True),
        ),
    ),
    (
        "Cameras",
        (
            ListEntry("Cameras", "streams.Camera"),
            ListEntry("Groups of cameras", "streams.CameraGroup"),
            ListEntry("Sightings", "streams.Sighting"),
            ListEntry("Looks", "streams.Detection"),
            ListEntry("Videos", "streams.Video"),
        ),
    ),
    (
        "Alerts",
        (
            PageEntry("Alerts", "alerts", ("streams.view_alert",)),
            PageEntry("Rules", "rules", ("streams.view_rule", "streams.view_alert")),
            PageEntry("Proposals", "proposals", ("people.view_proposal", "people.view_watchlist")),
            PageEntry("Report on alerts", "alert_report", ("streams.view_alert",)),
            ListEntry("Channels", "streams.Channel"),
            ListEntry("Deliveries", "streams.Delivery"),
        ),
    ),
    (
        "Access",
        (
            ListEntry("Users", "auth.User"),
            ListEntry("Roles", "auth.Group"),
            ListEntry("API keys", "people.ApiKey"),
            ListEntry("API tokens", "authtoken.TokenProxy"),
            ListEntry("Who did what", "admin.LogEntry"),
            ListEntry("Searches by a face", "streams.SearchLog"),
            ListEntry("Cases handed over", "streams.Case"),
        ),
    ),
    (
        "System",
        (
            PageEntry(
                "Calibration",
                "admin:people_decisionthresholds_calibrate",
                ("people.view_decisionthresholds", "people.view_person"),
                about_everybody=True,
            ),
            ListEntry("Thresholds", "people.DecisionThresholds"),
            ListEntry("Engines", "people.EngineChoice"),
            PageEntry("Hint at held pictures", "admin:streams_camera_liveness", ("streams.view_camera",)),
        ),
    ),
)


LIST_NAMES = {entry.model: entry.name for _job, entries in JOBS for entry in entries if isinstance(entry, ListEntry)}
"""What the list of each model is called, on the menu and on its own pages."""


@dataclass(frozen=True, slots=True)
class Link:
    name: str
    url: str
    is_here: bool = False
    """Whether the page that is shown is this one, or lies below it."""


@dataclass(frozen=True, slots=True)
class MenuJob:
    name: str
    links: tuple[Link, ...]


def menu(apps: Apps, user: Any, path: str = "") -> tuple[MenuJob, ...]:
    """Returns the jobs of which `user` may see something, with the link that `path` belongs to marked."""
    lists = {
        f"{app['app_label']}.{model['object_name']}": model["admin_url"] for app in apps for model in app["models"]
    }
    offered = [(job, list(_links(entries, lists, user))) for job, entries in JOBS]
    urls = [link.url for _job, links in offered for link in links]
    here = max((url for url in urls if path.startswith(url)), key=len, default="")
    marked = ((job, tuple(Link(link.name, link.url, link.url == here) for link in links)) for job, links in offered)
    return tuple(MenuJob(job, links) for job, links in marked if links)


def _links(entries: Sequence[ListEntry | PageEntry], lists: Mapping[str, str | None], user: Any) -> Iterator[Link]:
    for entry in entries:
        url = lists.get(entry.model) if isinstance(entry, ListEntry) else _page_url(entry, user)
        if url:
            yield Link(entry.name, url)


def _page_url(entry: PageEntry, user: Any) -> str | None:
    if not user.has_perms(entry.rights) or (entry.about_everybody and person_limits(user)):
        return None
    if entry.about_everything and any(limits_of(user, kind) for kind in limit_kinds().values()):
        return None
    return reverse(entry.view)
