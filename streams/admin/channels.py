"""The admin of channels, and of the deliveries to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from people.admin.day_filter import DayFilter
from people.admin.history import LoggedByServices
from people.admin.pages import ExtraPages
from people.base.site_time import time_words
from streams.admin.channel_form import ChannelForm
from streams.admin.filters import WorksFilter
from streams.admin.sightings import ReadOnlyAdmin
from streams.channels.entering import FIELDS
from streams.channels.services import delete_channel, save_channel, send_test
from streams.channels.signing_keys import end_old_signing_key, replace_signing_key
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.states import ChannelKind, DeliveryState

ABOUT: dict[str, str] = {
    ChannelKind.WEBHOOK: "A signed message to a program of yours, by HTTPS.",
    ChannelKind.EMAIL: "An e-mail to some addresses.",
    ChannelKind.MQTT: "A device for each camera in Home Assistant, or any other reader of an MQTT broker.",
    ChannelKind.APPRISE: "Telegram, Slack, Microsoft Teams, ntfy, Matrix, SMS and others.",
}


@admin.register(Channel)
class ChannelAdmin(LoggedByServices, ExtraPages):
    form = ChannelForm
    about = "Where alerts go besides the site's own pages. A rule names the channels that tell its alerts."
    list_display = ("name", "kind", "leads_to", "is_on", "works", "waiting_count")
    list_filter = (WorksFilter, "kind", "is_on")
    search_fields = ("name",)
    readonly_fields = ("leads_to", "works", "last_ok", "its_deliveries")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
        since = Coalesce(OuterRef("last_ok_at"), OuterRef("created_at"))
        tried = Delivery.objects.filter(channel=OuterRef("pk"), made_at__gt=since).exclude(last_reason="")
        refuses = Exists(tried.filter(state__in=[DeliveryState.WAITING, DeliveryState.GAVE_UP]).order_by())
        sent = Delivery.objects.filter(channel=OuterRef("pk"), state=DeliveryState.SENT).order_by("-sent_at")
        rows = Channel.objects.within_limits_of(request.user).annotate(but=Subquery(sent.values("last_reason")[:1]))
        return rows.annotate(waiting=waiting, refuses=refuses).order_by("name")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuses filters by what is sealed, and by parts of an address."""
        hidden = lookup.partition("__")[0] in ("sealed_secret", "address", "deliveries")
        return not hidden and super().lookup_allowed(lookup, value, request)

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<uuid:pk>/test/", self.test_page, "test"),
            ("<uuid:pk>/signing-key/", self.signing_key_page, "signing_key"),
            ("<uuid:pk>/old-signing-key/", self.old_signing_key_page, "old_signing_key"),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        made = super().get_form(request, obj, change=change, **options)
        return type(made.__name__, (made,), {"user": request.user})

    def get_fieldsets(self, request: HttpRequest, obj: Channel | None = None) -> Any:
        kind = str(obj.kind if obj else _chosen(request))
        may_change = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        own = [name for name in FIELDS[kind] if may_change]
        if "password" in own and obj and obj.sealed_secret:
            own.insert(own.index("password") + 1, "forget_password")
        cameras = ["everywhere", *(["camera_groups"] if may_change else [])]
        shown = (
            (None, {"fields": ["name", *(["kind"] if may_change else []), "is_on"]}),
            (capfirst(ChannelKind(kind).label), {"fields": own or ["leads_to"], "description": ABOUT[kind]}),
            ("Of which cameras it tells", {"fields": cameras}),
        )
        now = ["works", "last_ok", "its_deliveries"]
        return (*shown, ("Now", {"fields": now})) if obj else shown

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Asks first which kind it is to be: each has fields of its own."""
        is_chosen = request.method == "POST" or request.GET.get("kind") in ChannelKind.values
        if self.has_add_permission(request) and not is_chosen:
            kinds = [(kind, ChannelKind(kind).label, about) for kind, about in ABOUT.items()]
            return self.page(request, "admin/streams/channel/kinds.html", title="Add channel", kinds=kinds)
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:
        key = save_channel(channel=obj, entered=form.entered(), groups=form.groups(), by=request.user)
        request.made_key = key  # type: ignore[attr-defined]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Does nothing: the service has saved the groups."""

    def response_add(self, request: HttpRequest, obj: Channel, post_url_continue: str | None = None) -> HttpResponse:
        key = request.made_key  # type: ignore[attr-defined]
        return self._key_page(request, obj, key) if key else super().response_add(request, obj, post_url_continue)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Deliveries go with their channel: nobody deletes them by hand, so no right to that is asked for."""
        names = [str(channel) for channel in objs]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Channel) -> None:
        delete_channel(channel=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        for channel in queryset:
            delete_channel(channel=channel, by=request.user)

    @method_decorator(require_POST)
    def test_page(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Has a worker send a test, and shows what becomes of it."""
        channel = self.row(request, pk, right="change")
        with self.refusals_shown(request):
            delivery = send_test(channel=channel, by=request.user)
            messages.success(request, "A worker sends the test now. Load this page again to see whether it arrived.")
            return redirect("admin:streams_delivery_change", delivery.pk)
        return redirect("admin:streams_channel_change", channel.pk)

    @method_decorator(require_POST)
    def signing_key_page(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Makes a new signing key, and shows it this once."""
        channel = self.row(request, pk, right="change")
        with self.refusals_shown(request):
            key = replace_signing_key(channel=channel, by=request.user)
            channel.refresh_from_db(fields=["old_key_until"])
            return self._key_page(request, channel, key)
        return redirect("admin:streams_channel_change", channel.pk)

    @method_decorator(require_POST)
    def old_signing_key_page(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Ends the key before the newest one."""
        channel = self.row(request, pk, right="change")
        with self.refusals_shown(request):
            end_old_signing_key(channel=channel, by=request.user)
            messages.success(request, "The old key is ended: only the newest one signs.")
        return redirect("admin:streams_channel_change", channel.pk)

    def _key_page(self, request: HttpRequest, channel: Channel, key: str) -> HttpResponse:
        """Returns the only page that shows the key. A message would leave it in a cookie."""
        page = self.page(request, "admin/streams/channel/key.html", title="Signing key", channel=channel, text=key)
        page["Cache-Control"] = "no-store"
        return page

    @admin.display(description="leads to")
    def leads_to(self, channel: Channel) -> str:
        address = channel.address
        host = f"{address['host']}:{address['port']}" if "host" in address else ""
        recipients = ", ".join(address.get("recipients", [])[:3])
        return str(address.get("place") or address.get("service") or host or recipients)

    @admin.display(description="state", ordering="failing_since")
    def works(self, channel: Any) -> str:
        if channel.failing_since:
            return f"Fails since {time_words(channel.failing_since)}. {channel.last_problem}"
        if channel.refuses:
            return f"Does not take what it is told. {channel.last_problem}"
        if channel.but:
            return f"Works, but not for all. {channel.but}"
        return "Works" if channel.last_ok_at else "Not used yet"

    @admin.display(description="last success")
    def last_ok(self, channel: Channel) -> str:
        return time_words(channel.last_ok_at) if channel.last_ok_at else "–"

    @admin.display(description="waiting", ordering="waiting")
    def waiting_count(self, channel: Any) -> int:
        return int(channel.waiting)

    @admin.display(description="deliveries")
    def its_deliveries(self, channel: Channel) -> SafeString:
        where = reverse("admin:streams_delivery_changelist")
        return format_html('<a href="{}?channel__id__exact={}">what it was told</a>', where, channel.pk)


def _chosen(request: HttpRequest) -> str:
    """Returns the kind that was chosen for a new channel."""
    chosen = request.POST.get("kind") or request.GET.get("kind")
    return chosen if chosen in ChannelKind.values else ChannelKind.WEBHOOK


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    about = "What each channel was told or is to be told, how often that was tried, and why it failed."
    list_display = ("made_at", "channel", "what", "state", "attempts", "last_reason")
    list_display_links = ("made_at",)
    list_filter = ("state", "kind", "channel", ("made_at", DayFilter))
    list_select_related = ("channel", "alert__person", "alert__stranger")
    fieldsets = (
        (None, {"fields": ("channel", "what", "state", "attempts", "last_reason", "summary")}),
        ("When", {"fields": ("made_at", "next_at", "sent_at")}),
        ("Details", {"classes": ("collapse",), "fields": ("number",)}),
    )
    readonly_fields = ("what", "number")

    def get_queryset(self, request: HttpRequest) -> Any:
        sees_lists = request.user.has_perm("people.view_watchlist")
        return super().get_queryset(request).annotate(sees_lists=Value(sees_lists, BooleanField()))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return not lookup.startswith("channel__s") and super().lookup_allowed(lookup, value, request)

    @admin.display(description="what it tells")
    def what(self, delivery: Any) -> str:
        if delivery.alert is None:
            return str(delivery.get_kind_display())
        return str(delivery.alert.said if delivery.sees_lists else delivery.alert.said_without_list)

    @admin.display(description="its id at the receiver")
    def number(self, delivery: Delivery) -> str:
        return str(delivery.pk)
