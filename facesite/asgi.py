"""The ASGI application: HTTP by Django, websockets and worker channels by Channels."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
django.setup(set_prefix=False)  # before the imports below, which need the apps to be loaded

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter  # noqa: E402

from facesite.web.audit_keeping import KeepsAudit  # noqa: E402
from facesite.web.bodies import BoundedBodies  # noqa: E402
from facesite.web.handler import ThreadHandler  # noqa: E402
from facesite.web.origins import OwnOrigins  # noqa: E402
from facesite.web.proxies import BehindProxies  # noqa: E402
from facesite.web.second_factor import SecondFactorForSockets  # noqa: E402
from facesite.web.statement_limits import limited  # noqa: E402
from facesite.web.threads import RequestThreads  # noqa: E402
from facesite.worker.database_jobs import (  # noqa: E402
    AccessRequestsConsumer,
    AlertsConsumer,
    CasesConsumer,
    DeliveriesConsumer,
    EditsConsumer,
    EnrolmentConsumer,
    ErasuresConsumer,
    ImportsConsumer,
    StrangersConsumer,
    VideosConsumer,
)
from streams import routing  # noqa: E402

sockets = OwnOrigins(AuthMiddlewareStack(SecondFactorForSockets(URLRouter(routing.websocket_urlpatterns))))
application = ProtocolTypeRouter(
    {
        "http": KeepsAudit(BehindProxies(RequestThreads(BoundedBodies(ThreadHandler())))),
        "websocket": KeepsAudit(BehindProxies(limited(sockets))),
        "channel": ChannelNameRouter(
            {
                **routing.channels,
                "enrolment": EnrolmentConsumer.as_asgi(),
                "imports": ImportsConsumer.as_asgi(),
                "strangers": StrangersConsumer.as_asgi(),
                "cases": CasesConsumer.as_asgi(),
                "erasures": ErasuresConsumer.as_asgi(),
                "access_requests": AccessRequestsConsumer.as_asgi(),
                "videos": VideosConsumer.as_asgi(),
                "deliveries": DeliveriesConsumer.as_asgi(),
                "edits": EditsConsumer.as_asgi(),
                "alerts": AlertsConsumer.as_asgi(),
            }
        ),
    }
)
