"""The pages behind enrolment links and kiosks, for people without a login: the address itself says who they are.

The secret stands in the address, so that the same link withdraws years later. No page keeps it from the browser's own
history; but none is cached, none loads or links anything elsewhere, and no address of another site ever sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.accounts.guesses import GuessLimit
from people.base.client_address import client_address
from people.errors import PeopleError
from people.recognising.frame_answers import VIEWS, frame_answer, refused
from people.records.consent_text import newest_text
from people.records.enrolment_link import USABLE, EnrolmentLink, Kiosk, LinkState, link_of, secret_digest
from people.self_enrolling.codes import qr_code
from people.self_enrolling.making import make_link
from people.self_enrolling.pictures import MOST_PICTURES
from people.self_enrolling.sending import MAY_WITHDRAW, agree, send_pictures, withdraw

# 20 in 10 minutes from one address: a secret has 256 random bits, so this only keeps the noise down.
PER_ADDRESS = GuessLimit("enrolment-link", 20, 600)
# 60 in 10 minutes: more than one every ten seconds does not stand before one tablet.
PER_KIOSK = GuessLimit("kiosk", 60, 600)
# 5 min: whoever stands before the kiosk takes the link along now; whoever opens the page later has it.
KIOSK_SHOWS = timedelta(minutes=5)
Page = Callable[..., HttpResponseBase]


def _guarded(page: Page, find: Callable[[str], Any]) -> Page:
    """Finds the row of the secret, and says so in words if there is none. Raises TooManyTries."""

    @wraps(page)
    def guarded(request: HttpRequest, secret: str) -> HttpResponseBase:
        counted = PER_ADDRESS.count(client_address(request))
        row = find(secret)
        if row is None:
            response: HttpResponseBase = _unknown(request)
        else:
            counted.take_back()
            response = page(request, row, secret)
        response["Referrer-Policy"] = "same-origin"  # "no-referrer" would make browsers hide the origin of forms, too
        return response

    return login_not_required(never_cache(guarded))


def by_link(page: Page) -> Page:
    return _guarded(page, link_of)


def by_kiosk(page: Page) -> Page:
    return _guarded(page, lambda secret: Kiosk.objects.filter(digest=secret_digest(secret), revoked_at=None).first())


@by_link
@require_safe
def link_page(request: HttpRequest, link: EnrolmentLink, secret: str) -> HttpResponse:
    """Shows what comes next: the text, the camera, or what has become of it."""
    return _link_page(request, link, secret)


@by_link
@require_POST
def agree_page(request: HttpRequest, link: EnrolmentLink, secret: str) -> HttpResponse:
    return _done(request, link, secret, lambda: _agree(request, link))


@by_link
@require_POST
def pictures_page(request: HttpRequest, link: EnrolmentLink, secret: str) -> HttpResponse:
    """Takes the pictures of the form."""
    return _done(request, link, secret, lambda: send_pictures(link=link, files=request.FILES.getlist("pictures")))


@by_link
@require_POST
def frame_page(request: HttpRequest, link: EnrolmentLink, secret: str) -> HttpResponseBase:
    """Judges one frame of guided capture; it compares it with nobody."""
    if link.state != LinkState.AGREED or link.expires_at <= timezone.now():
        return refused("This link takes no pictures.", 403)
    # One person at a time stands before a kiosk, however many links it has made.
    return frame_answer(request, asker=f"kiosk {link.kiosk_id}" if link.kiosk_id else f"link {link.pk}")


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_page(request: HttpRequest, link: EnrolmentLink, secret: str) -> HttpResponse:
    """GET: asks. POST: withdraws."""
    if request.method == "POST":
        return _done(request, link, secret, lambda: withdraw(link=link))
    if link.state not in MAY_WITHDRAW:
        return redirect("enrol", secret)
    return render(request, "people/enrol/withdraw.html", {"link": link, "secret": secret})


@by_kiosk
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk_page(request: HttpRequest, kiosk: Kiosk, secret: str) -> HttpResponse:
    """GET: shows the text. POST: makes a link for whoever agrees, and goes on with it."""
    refusal = ""
    if request.method == "POST":
        PER_KIOSK.count(str(kiosk.pk))
        try:
            return redirect("enrol", _begin(request, kiosk))
        except PeopleError as error:
            refusal = str(error)
    context = {"text": newest_text(), "kiosk": kiosk, "refusal": refusal, "name": request.POST.get("name", "")}
    return render(request, "people/enrol/kiosk.html", context, status=400 if refusal else 200)


def _begin(request: HttpRequest, kiosk: Kiosk) -> str:
    """Makes a link for whoever agrees at the kiosk, and returns its secret."""
    with transaction.atomic():
        link, secret = make_link(kiosk=kiosk, by=None)
        _agree(request, link)
    return secret


def _agree(request: HttpRequest, link: EnrolmentLink) -> None:
    version = request.POST.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    agree(link=link, version=number, name=request.POST.get("name", ""))


def _done(request: HttpRequest, link: EnrolmentLink, secret: str, do: Callable[[], None]) -> HttpResponse:
    """Does it and leads to the link's page, or shows that page with what was wrong."""
    try:
        do()
    except PeopleError as error:
        known = link_of(secret)
        return _link_page(request, known, secret, refusal=str(error)) if known else _unknown(request)
    return redirect("enrol", secret)


def _unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "people/enrol/unknown.html", status=404)


def _link_page(request: HttpRequest, link: EnrolmentLink, secret: str, *, refusal: str = "") -> HttpResponse:
    is_over = link.state in USABLE and link.expires_at <= timezone.now()
    address = request.build_absolute_uri(reverse("enrol", args=[secret]))
    context = {
        "link": link,
        "secret": secret,
        "is_over": is_over,
        "refusal": refusal,
        "text": newest_text(),
        "views": VIEWS,
        "most": MOST_PICTURES,
        "frame_url": reverse("enrol_frame", args=[secret]),
        "may_withdraw": link.state in MAY_WITHDRAW,
        "address": address,
        "code": qr_code(address) if _shows_code(link) else "",
    }
    status = 400 if refusal else 410 if is_over or link.state == LinkState.REVOKED else 200
    return render(request, "people/enrol/link.html", context, status=status)


def _shows_code(link: EnrolmentLink) -> bool:
    """Returns whether the page stands on the kiosk, for all that is known: the next person must not take the link."""
    just_sent = link.sent_at is not None and timezone.now() - link.sent_at < KIOSK_SHOWS
    return link.kiosk_id is not None and link.state == LinkState.SENT and just_sent
