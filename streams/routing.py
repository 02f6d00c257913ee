"""The addresses of the sockets, and the names of the channels that workers listen on."""

from __future__ import annotations

from typing import Any

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from streams.live.consumers import CameraConsumer, DashboardConsumer
from streams.live.sending import SendConsumer
from streams.running.worker import RecognitionConsumer

websocket_urlpatterns = [
    path("ws/dashboard/", DashboardConsumer.as_asgi()),
    path("ws/cameras/<slug:slug>/", CameraConsumer.as_asgi()),
    path("ws/cameras/<slug:slug>/send/", SendConsumer.as_asgi()),
    re_path(r"", WebsocketDenier.as_asgi()),  # or an unknown address would be an error in the log
]
channels: dict[str, Any] = {"recognition": RecognitionConsumer.as_asgi()}
