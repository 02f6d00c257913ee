"""The admin of enrolment links: makes them, and approves what people have sent by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from people.admin.history import LoggedByServices
from people.admin.pages import ExtraPages
from people.base.ids import uuid_or_none
from people.errors import NameTaken, PeopleError
from people.records.consent_text import newest_text
from people.records.enrolment_link import EnrolmentLink, EnrolmentLinkQuerySet, LinkState
from people.records.person import Person
from people.rest.picture_views import stream_picture
from people.self_enrolling.approving import RIGHTS_TO_APPROVE, approve, refuse
from people.self_enrolling.making import make_link, revoke_link

# 20: namesakes among whom somebody chooses.
MOST_NAMESAKES = 20


@admin.register(EnrolmentLink)
class EnrolmentLinkAdmin(LoggedByServices, ExtraPages):
    about = "A link lets one person agree, take pictures and withdraw later. Nobody is recognised before you approve."
    list_display = ["name", "state_badge", "pictures_total", "made_at", "made_by", "sent_at", "from_kiosk"]
    list_filter = ["state"]
    list_select_related = ["made_by", "kiosk"]
    search_fields = ["name"]
    fields = ["person", "name"]
    autocomplete_fields = ["person"]
    list_per_page = 50
    change_form_template = "admin/people/enrolmentlink/change_form.html"

    class Media:
        css = {"all": ["people/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[EnrolmentLink]:
        links = super().get_queryset(request)
        assert isinstance(links, EnrolmentLinkQuerySet)
        shown: QuerySet[EnrolmentLink] = links.within_limits_of(request.user)
        return shown.annotate(pictures_count=Count("pictures")).order_by("-made_at", "id")  # counting drops the model's

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_approve_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perms(RIGHTS_TO_APPROVE)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["person", "name"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "person":
            options["queryset"] = Person.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<uuid:pk>/picture/<uuid:picture>/", require_safe(self.picture_view), "picture"),
            ("<uuid:pk>/approve/", self.approve_view, "approve"),
            ("<uuid:pk>/refuse/", self.refuse_view, "refuse"),
            ("<uuid:pk>/revoke/", self.revoke_view, "revoke"),
        ]

    # Making

    def save_model(self, request: HttpRequest, obj: EnrolmentLink, form: Any, change: bool) -> None:
        """Makes the link; a refusal is shown by response_add, as the row has no secret then."""
        if change:
            return
        made, request.made_secret = make_link(name=obj.name, person=obj.person, by=request.user)  # type: ignore[attr-defined]
        obj.pk, obj.name = made.pk, made.name

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if request.method == "GET" and newest_text() is None:
            self.message_user(request, "First write the text that people agree to.", messages.ERROR)
            return redirect("admin:people_consenttext_changelist")
        try:
            return super().add_view(request, form_url, extra_context)
        except PeopleError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:people_enrolmentlink_changelist")

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Returns the only page that shows the address. A message would leave it in a cookie."""
        address = request.build_absolute_uri(reverse("enrol", args=[request.made_secret]))  # type: ignore[attr-defined]
        page = self.page(request, "admin/people/link_made.html", title="Link made", address=address, link=obj)
        page["Cache-Control"] = "no-store"
        return page

    # Deciding

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **rest: Any) -> Any:
        link: EnrolmentLink | None = context["original"]
        if link is not None:
            context |= {
                "pictures": link.pictures.all(),
                "namesakes": _namesakes(link, request),
                "waits": link.state == LinkState.SENT and self.has_approve_permission(request),
                "may_revoke": link.state in (LinkState.OPEN, LinkState.AGREED) and self.has_change_permission(request),
                "show_save": False,
                "show_save_and_add_another": False,
                "show_save_and_continue": False,
            }
        return super().render_change_form(request, context, *args, **rest)

    def picture_view(self, request: HttpRequest, pk: UUID, picture: UUID) -> HttpResponseBase:
        link: EnrolmentLink = self.row(request, pk, right="view")
        if not request.user.has_perm("people.view_photo"):
            raise PermissionDenied
        found = link.pictures.filter(pk=picture).first()
        if found is None:
            raise Http404("no such picture")
        return stream_picture(request, found.image)

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Approves for `person`, an id, or for somebody new if it is empty."""
        link: EnrolmentLink = self.row(request, pk, right="approve")
        chosen = request.POST.get("person", "")
        try:
            enrolled = approve(link=link, person=uuid_or_none(chosen), same_name=chosen == "new", by=request.user)
        except NameTaken:
            self.message_user(request, "Say first whether it is one of the people of this name.", messages.ERROR)
        except PeopleError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{enrolled} is enrolled; the photos are being read.", messages.SUCCESS)
            return redirect(reverse("admin:people_person_change", args=[enrolled.pk]) + "#photos")
        return redirect("admin:people_enrolmentlink_change", pk)

    @method_decorator(require_POST)
    def refuse_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        link: EnrolmentLink = self.row(request, pk, right="approve")
        with self.refusals_shown(request, done="Refused; the pictures are deleted."):
            refuse(link=link, by=request.user)
        return redirect("admin:people_enrolmentlink_changelist")

    @method_decorator(require_POST)
    def revoke_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        link: EnrolmentLink = self.row(request, pk, right="change")
        with self.refusals_shown(request, done="The link does not work any more."):
            revoke_link(link=link, by=request.user)
        return redirect("admin:people_enrolmentlink_change", pk)

    @admin.display(description="state", ordering="state")
    def state_badge(self, link: EnrolmentLink) -> SafeString:
        return format_html('<span class="badge badge-link-{}">{}</span>', link.state, link.get_state_display())

    @admin.display(description="pictures", ordering="pictures_count")
    def pictures_total(self, link: Any) -> int:
        return int(link.pictures_count)

    @admin.display(description="kiosk")
    def from_kiosk(self, link: EnrolmentLink) -> str:
        return link.kiosk.place if link.kiosk else ""


def _namesakes(link: EnrolmentLink, request: HttpRequest) -> list[Person]:
    """Returns people of the same name whom the user may see, if the link does not name its person."""
    if link.person_id or link.state != LinkState.SENT:
        return []
    return list(Person.objects.visible_to(request.user).called(link.name).with_face()[:MOST_NAMESAKES])
