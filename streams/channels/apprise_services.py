"""The services that channels may use through Apprise: a list of ours, by the word that their addresses begin with.

Apprise knows some 260 such words. Those that are missing here write to this machine (syslog, dbus), start programs,
send without encryption, speak other protocols than HTTPS, or have a kind of channel of their own (mailto, mqtt, json).
"""

from __future__ import annotations

from dataclasses import dataclass

from streams.channels.reasons import ChannelReason
from streams.errors import BadChannel


@dataclass(frozen=True, slots=True)
class AppriseService:
    name: str
    module: str
    """In apprise.plugins: only this one is loaded."""
    plugin: str


def _service(name: str, module: str, plugin: str = "") -> AppriseService:
    return AppriseService(name, module, plugin or f"Notify{name.replace(' ', '').replace('.', '')}")


SERVICES: dict[str, AppriseService] = {
    "barks": _service("Bark", "bark"),
    "clicksend": _service("ClickSend", "clicksend"),
    "discord": _service("Discord", "discord"),
    "gchat": _service("Google Chat", "google_chat"),
    "goalerts": _service("GoAlert", "goalert"),
    "gotifys": _service("Gotify", "gotify"),
    "ifttt": _service("IFTTT", "ifttt"),
    "line": _service("Line", "line"),
    "matrixs": _service("Matrix", "matrix.base"),
    "mmosts": _service("Mattermost", "mattermost"),
    "msgbird": _service("MessageBird", "messagebird"),
    "nctalks": _service("Nextcloud Talk", "nextcloudtalk"),
    "ntfys": _service("ntfy", "ntfy", "NotifyNtfy"),
    "opsgenie": _service("Opsgenie", "opsgenie"),
    "pagerduty": _service("PagerDuty", "pagerduty"),
    "pbul": _service("Pushbullet", "pushbullet", "NotifyPushBullet"),
    "pover": _service("Pushover", "pushover"),
    "prowl": _service("Prowl", "prowl"),
    "rockets": _service("Rocket.Chat", "rocketchat"),
    "signals": _service("Signal", "signal_api", "NotifySignalAPI"),
    "signl4": _service("SIGNL4", "signl4"),
    "slack": _service("Slack", "slack"),
    "synologys": _service("Synology Chat", "synology", "NotifySynology"),
    "tgram": _service("Telegram", "telegram"),
    "threema": _service("Threema", "threema"),
    "twilio": _service("Twilio", "twilio"),
    "vonage": _service("Vonage", "vonage"),
    "whatsapp": _service("WhatsApp", "whatsapp"),
    "workflows": _service("Microsoft Teams", "workflows", "NotifyWorkflows"),
    "wxteams": _service("Webex", "webexteams", "NotifyWebexTeams"),
    "zulip": _service("Zulip", "zulip"),
}


def service_of(url: str) -> AppriseService:
    """Returns the service that an address of Apprise means. Raises BadChannel for one that is not on the list."""
    scheme, found, _ = url.partition("://")
    service = SERVICES.get(scheme.lower()) if found else None
    if service is None or not url.isprintable():
        known = ", ".join(sorted(f"{each}://" for each in SERVICES))
        raise BadChannel(ChannelReason.UNKNOWN_SERVICE.said(known=known), "url")
    return service
