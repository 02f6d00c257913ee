"""The REST API's addresses under /api/."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.views import APIView

from facesite.api.docs import KeptSchema, api_docs
from facesite.api.tokens import TokenView
from people.api.basis_viewset import BasisViewSet
from people.api.enrolment_link_viewset import EnrolmentLinkViewSet, KioskViewSet
from people.api.gallery_view import GalleryView
from people.api.import_viewset import ImportViewSet
from people.api.photo_viewset import PhotoViewSet
from people.api.recognition_views import RecogniseView, VerifyView
from people.api.viewsets import PersonViewSet, WatchlistViewSet
from streams.access_requests.api import AccessRequestViewSet
from streams.alerts.api import AlertViewSet
from streams.alerts.report_api import AlertReportCsvView, AlertReportView
from streams.alerts.rule_api import RuleViewSet
from streams.api.correcting import EditViewSet
from streams.api.live_state import LiveView
from streams.api.network_search import SearchNetworkView
from streams.api.source_trials import TestSourceView
from streams.api.viewsets import CameraViewSet, DetectionViewSet, SightingViewSet
from streams.attendance.api import AttendanceCsvView, AttendanceView
from streams.auditors.api import AuditViewSet
from streams.cases.api import CaseViewSet
from streams.deliveries.api import ChannelViewSet, DeliveryViewSet
from streams.erasing.api import ErasureViewSet
from streams.keeping.api import KeepingView, PublicKeepingView
from streams.presence.api import PresenceView
from streams.searching.api import SightingSearchCsvView, SightingSearchView
from streams.strangers.api import StrangerViewSet
from streams.videos.api import VideoViewSet
from streams.watching.api import ProposalViewSet, SuspensionViewSet


class Root(APIRootView):
    """The list of all addresses, which logged-in users can browse."""

    name = "API"
    others = {  # addresses without a list of rows
        "gallery": "api-gallery",
        "live": "api-live",
        "recognise": "api-recognise",
        "verify": "api-verify",
        "search": "api-sighting-search",
        "attendance": "api-attendance",
        "presence": "api-presence",
        "keeping": "api-keeping",
        "alert report": "api-alert-report",
    }
    _ignore_model_permissions = False
    permission_classes = [IsAuthenticated]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().get(request, *args, **kwargs)
        answer.data |= {name: reverse(url, request=request) for name, url in self.others.items()}
        return answer


class Unmatched(APIView):
    """Refuses an address that does not exist, in the API's own shape."""

    permission_classes = [IsAuthenticated]
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]

    def handle(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound("There is no such address. Every address of the API ends with a slash.")

    get = post = put = patch = delete = options = handle


@csrf_exempt  # it changes nothing, and its refusal should have the API's own shape
@login_not_required  # DRF checks the login instead: 401 in the envelope, not a redirect
def unmatched(request: HttpRequest) -> HttpResponseBase:
    """Refuses any other address.

    It is a function, because DRF's breadcrumbs would take a view class at `people` for the page above `people/`.
    """
    return Unmatched.as_view()(request)


router = DefaultRouter()
router.APIRootView = Root
router.include_format_suffixes = False
router.register("people", PersonViewSet, "api-person")
router.register("photos", PhotoViewSet, "api-photo")
router.register("imports", ImportViewSet, "api-import")
router.register("bases", BasisViewSet, "api-basis")
router.register("enrolment-links", EnrolmentLinkViewSet, "api-enrolmentlink")
router.register("kiosks", KioskViewSet, "api-kiosk")
router.register("watchlists", WatchlistViewSet, "api-watchlist")
router.register("proposals", ProposalViewSet, "api-proposal")
router.register("suspensions", SuspensionViewSet, "api-suspension")
router.register("cameras", CameraViewSet, "api-camera")
router.register("sightings", SightingViewSet, "api-sighting")
router.register("strangers", StrangerViewSet, "api-stranger")
router.register("detections", DetectionViewSet, "api-detection")
router.register("cases", CaseViewSet, "api-case")
router.register("videos", VideoViewSet, "api-video")
router.register("erasures", ErasureViewSet, "api-erasure")
router.register("access-requests", AccessRequestViewSet, "api-access")
router.register("channels", ChannelViewSet, "api-channel")
router.register("deliveries", DeliveryViewSet, "api-delivery")
router.register("alerts", AlertViewSet, "api-alert")
router.register("rules", RuleViewSet, "api-rule")
router.register("edits", EditViewSet, "api-edit")
router.register("audit", AuditViewSet, "api-audit")

urlpatterns = [
    path(
        "schema/",
        extend_schema(exclude=True)(SpectacularAPIView).as_view(generator_class=KeptSchema),
        name="api-schema",
    ),
    path("docs/", api_docs, name="api-docs"),
    path("v1/gallery/", GalleryView.as_view(), name="api-gallery"),
    path("v1/token/", TokenView.as_view(), name="api-token"),
    path("v1/recognise/", RecogniseView.as_view(), name="api-recognise"),
    path("v1/verify/", VerifyView.as_view(), name="api-verify"),
    path("v1/presence/", PresenceView.as_view(), name="api-presence"),
    path("v1/reports/attendance/", AttendanceView.as_view(), name="api-attendance"),
    path("v1/reports/attendance/csv/", AttendanceCsvView.as_view(), name="api-attendance-csv"),
    path("v1/reports/alerts/", AlertReportView.as_view(), name="api-alert-report"),
    path("v1/reports/alerts/csv/", AlertReportCsvView.as_view(), name="api-alert-report-csv"),
    path("v1/sightings/search/", SightingSearchView.as_view(), name="api-sighting-search"),
    path("v1/sightings/search/csv/", SightingSearchCsvView.as_view(), name="api-sighting-search-csv"),
    path("v1/keeping/", KeepingView.as_view(), name="api-keeping"),
    path("v1/keeping/public/", PublicKeepingView.as_view(), name="api-keeping-public"),
    path("v1/live/", LiveView.as_view(), name="api-live"),
    path("v1/cameras/search/", SearchNetworkView.as_view(), name="api-camera-search"),
    path("v1/cameras/test/", TestSourceView.as_view(), name="api-camera-test"),
    path("v1/", include("people.dialect.urls")),
    path("v1/", include(router.urls)),
    re_path(r"^v1/.", unmatched),
]
