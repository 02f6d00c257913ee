"""The addresses of the live pages and of the pictures they show."""

from django.urls import path

from streams.access_requests import pages as access_pages
from streams.alerts import pages as alert_pages
from streams.alerts import rule_pages
from streams.alerts.report_page import report as alert_report
from streams.attendance.page import attendance
from streams.auditors import pages as auditor_pages
from streams.cases import pages as case_pages
from streams.erasing import pages as erasing_pages
from streams.keeping.public_page import privacy_page
from streams.live.mjpeg import camera_mjpeg
from streams.pages import views
from streams.pages.arranging import arrange, choose_group, set_full_screen
from streams.pages.correcting import correct_sighting
from streams.pages.edits import edits, edits_file, undo_edit
from streams.presence.pages import presence_page, roll_call
from streams.profiles.page import person_page
from streams.searching.page import search_file, search_sightings
from streams.sightings import snapshots
from streams.strangers import pages as strangers
from streams.strangers.actions import ACTIONS, act
from streams.videos import pages as video_pages
from streams.videos.correcting_page import correct_video_face
from streams.videos.playing import play_video
from streams.watching import pages as watching_pages

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("arrange/", arrange, name="arrange"),
    path("arrange/group/", choose_group, name="choose_group"),
    path("arrange/full-screen/", set_full_screen, name="set_full_screen"),
    path("cameras/<slug:slug>/", views.camera, name="camera"),
    path("cameras/<slug:slug>/send/", views.send_to_camera, name="send_to_camera"),
    path("cameras/<slug:slug>/live.mjpeg", camera_mjpeg, name="camera_mjpeg"),
    path("presence/", presence_page, name="presence"),
    path("presence/roll-call/", roll_call, name="roll_call"),
    path("people/<uuid:person_id>/", person_page, name="person"),
    path("people/<uuid:person_id>/erase/", erasing_pages.erase, name="erase_person"),
    path("people/<uuid:person_id>/access/", access_pages.new_access_request, name="new_access_request"),
    path("erasures/", erasing_pages.erasures, name="erasures"),
    path("erasures/<uuid:erasure_id>/", erasing_pages.erasure, name="erasure"),
    path("erasures/<uuid:erasure_id>/certificate/", erasing_pages.certificate_file, name="certificate_file"),
    path("erasures/<uuid:erasure_id>/certificate/pdf/", erasing_pages.certificate_print, name="certificate_print"),
    path("access-requests/", access_pages.access_requests, name="access_requests"),
    path("access-requests/<uuid:request_id>/", access_pages.access_request, name="access_request"),
    path("access-requests/<uuid:request_id>/fetch/", access_pages.fetch_access_request, name="fetch_access_request"),
    path("access-requests/<uuid:request_id>/delete/", access_pages.remove_access_request, name="remove_access_request"),
    path("sightings/", views.sightings, name="sightings"),
    path("sightings/csv/", views.sightings_file, name="sightings_file"),
    path("sightings/attendance/", attendance, name="attendance"),
    path("sightings/search/", search_sightings, name="search_sightings"),
    path("sightings/search/csv/", search_file, name="search_file"),
    path("strangers/", strangers.inbox, name="strangers"),
    path("strangers/csv/", strangers.strangers_file, name="strangers_file"),
    path("strangers/<int:number>/", strangers.stranger, name="stranger"),
    *(path(f"strangers/<int:number>/{what}/", act, {"what": what}, name=f"stranger_{what}") for what in ACTIONS),
    path("sightings/<uuid:sighting_id>/", views.sighting, name="sighting"),
    path("alerts/", alert_pages.alerts, name="alerts"),
    path("alerts/report/", alert_report, name="alert_report"),
    path("alerts/<uuid:alert_id>/", alert_pages.alert, name="alert"),
    *(
        path(f"alerts/<uuid:alert_id>/{what}/", alert_pages.work_off, {"what": what}, name=f"{what}_alert")
        for what in ("acknowledge", "close", "note")
    ),
    path("watchlists/<int:list_id>/", watching_pages.watchlist, name="watchlist"),
    path("watchlists/<int:list_id>/<uuid:person_id>/revive/", watching_pages.revive, name="revive_entry"),
    path("proposals/", watching_pages.proposals, name="proposals"),
    path("proposals/new/", watching_pages.new_proposal, name="new_proposal"),
    *(
        path(
            f"proposals/<uuid:proposal_id>/{what}/",
            watching_pages.decide_proposal,
            {"what": what},
            name=f"{what}_proposal",
        )
        for what in watching_pages.ACTIONS
    ),
    path("rules/", rule_pages.rules, name="rules"),
    path("rules/new/", rule_pages.new_rule, name="new_rule"),
    path("rules/<uuid:rule_id>/", rule_pages.rule, name="rule"),
    path("rules/<uuid:rule_id>/switch/", rule_pages.switch, name="switch_rule"),
    path("rules/<uuid:rule_id>/delete/", rule_pages.remove_rule, name="remove_rule"),
    path("cases/", case_pages.cases, name="cases"),
    path("cases/new/", case_pages.new_case, name="new_case"),
    path("cases/keys/", case_pages.case_keys, name="case_keys"),
    path("cases/<uuid:case_id>/", case_pages.case, name="case"),
    path("cases/<uuid:case_id>/fetch/", case_pages.fetch_case, name="fetch_case"),
    path("cases/<uuid:case_id>/delete/", case_pages.remove_case, name="remove_case"),
    path("videos/", video_pages.videos, name="videos"),
    path("videos/add/", video_pages.add_video, name="add_video"),
    path("videos/<uuid:video_id>/", video_pages.video, name="video"),
    path("videos/<uuid:video_id>/csv/", video_pages.video_file, name="video_file"),
    path("videos/faces/<uuid:face_id>/correct/", correct_video_face, name="correct_video_face"),
    path("videos/<uuid:video_id>/delete/", video_pages.remove_video, name="remove_video"),
    path("media/videos/<uuid:video_id>/", play_video, name="play_video"),
    path("media/video-faces/<uuid:look_id>/", video_pages.video_face, name="video_face"),
    path("sightings/<uuid:sighting_id>/correct/", correct_sighting, name="correct_sighting"),
    path("audit/", auditor_pages.audit, name="audit"),
    path("audit/csv/", auditor_pages.audit_file, name="audit_file"),
    path("audit/use/", auditor_pages.unusual_use, name="unusual_use"),
    path("audit/<int:number>/", auditor_pages.audit_entry, name="audit_entry"),
    path("privacy/", privacy_page, name="privacy"),
    path("edits/", edits, name="edits"),
    path("edits/csv/", edits_file, name="edits_file"),
    path("edits/<int:edit_id>/undo/", undo_edit, name="undo_edit"),
    path("media/detections/by-link/<str:token>", snapshots.linked_snapshot, name="linked_snapshot"),
    path("media/detections/<uuid:detection_id>/", snapshots.detection_snapshot, name="detection_snapshot"),
    path("media/detections/<uuid:detection_id>/frame/", snapshots.detection_frame, name="detection_frame"),
    path("media/detections/<uuid:detection_id>/clip/", snapshots.detection_clip, name="detection_clip"),
]
