"""The addresses of the live pages and of the pictures they show."""

from django.urls import path

from streams.attendance.page import attendance
from streams.live.mjpeg import camera_mjpeg
from streams.pages import views
from streams.pages.correcting import correct_sighting
from streams.pages.edits import edits, undo_edit
from streams.searching.page import search_sightings
from streams.sightings import snapshots

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("cameras/<slug:slug>/", views.camera, name="camera"),
    path("cameras/<slug:slug>/send/", views.send_to_camera, name="send_to_camera"),
    path("cameras/<slug:slug>/live.mjpeg", camera_mjpeg, name="camera_mjpeg"),
    path("sightings/", views.sightings, name="sightings"),
    path("sightings/attendance/", attendance, name="attendance"),
    path("sightings/search/", search_sightings, name="search_sightings"),
    path("sightings/<uuid:sighting_id>/", views.sighting, name="sighting"),
    path("sightings/<uuid:sighting_id>/correct/", correct_sighting, name="correct_sighting"),
    path("edits/", edits, name="edits"),
    path("edits/<int:edit_id>/undo/", undo_edit, name="undo_edit"),
    path("media/detections/by-link/<str:token>", snapshots.linked_snapshot, name="linked_snapshot"),
    path("media/detections/<uuid:detection_id>/", snapshots.detection_snapshot, name="detection_snapshot"),
]
