"""Asks one ONVIF device over SOAP: the envelope, the login by the device's own clock, and what it refuses."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from streams.pipeline.errors import SourceDown
from streams.pipeline.onvif.documents import MOST_BYTES, BadDocument, all_named, first, number, read_document
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.connection import ReadPatience
from streams.pipeline.sources.fetching import Fetcher
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.logins import CameraLogin

_TYPE = "application/soap+xml; charset=utf-8"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_DIGEST = f"{_WSS}username-token-profile-1.0#PasswordDigest"
_BASE64 = f"{_WSS}soap-message-security-1.0#Base64Binary"
_CLOCK = '<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/>'
_DATE, _TIME = ("Year", "Month", "Day"), ("Hour", "Minute", "Second")


class RefusedByDevice(SourceDown):
    """The device understood the question and will not answer it; another question may go better."""


class Conversation:
    """All that one search asks one device, within `within_s`. Nothing goes to another host than `address`."""

    def __init__(self, address: str, gate: Gate, login: CameraLogin, within_s: float) -> None:
        self.address = address
        self._login, self._within_s = login, within_s
        self._patience = ReadPatience(within_s, within_s)
        self._fetcher = Fetcher(address, gate, within_s, within_s, in_clear=False)
        self._ahead = timedelta()

    def set_clock(self, service: str) -> None:
        """Reads how far the device's clock is ahead of ours: it refuses logins of another time."""
        try:
            self._ahead = _clock(self._said(service, _CLOCK, "")) - datetime.now(UTC)
        except (RefusedByDevice, ValueError, OverflowError):
            self._ahead = timedelta()

    def ask(self, service: str, question: str) -> Element:
        """Returns the answer's document. Raises SourceDown, and RefusedByDevice for a fault."""
        return self._said(service, question, self._token())

    def is_own(self, address: str) -> bool:
        """Returns whether an address is on this device. Others are neither asked nor offered."""
        try:
            return urlsplit(address).hostname == self.address
        except ValueError:
            return False

    def _said(self, service: str, question: str, token: str) -> Element:
        if not self.is_own(service) or urlsplit(service).scheme not in ("http", "https"):
            raise SourceDown(Reason.NAMES_ELSEWHERE.said())
        root = self._posted(_with_login(service, self._login), _envelope(question, token))
        if first(root, "Body", "Fault") is not None:
            raise self._refusal(root)
        return root

    def _posted(self, address: str, body: bytes) -> Element:
        try:
            answer = self._fetcher.post(address, body, _TYPE, self._patience)
            try:
                return read_document(answer.whole(MOST_BYTES))
            finally:
                answer.close()
        except BadDocument:
            raise SourceDown(Reason.NOT_ONVIF.said()) from None
        except SourceDown:
            self._check_time()
            raise

    def _check_time(self) -> None:
        """Raises SourceDown with the reason that is true if the time is over."""
        try:
            self._patience.left_s()
        except TimeoutError:
            raise SourceDown(Reason.DEVICE_SLOW.said(within_s=self._within_s)) from None

    def _refusal(self, root: Element) -> SourceDown:
        codes = " ".join(each.text or "" for each in all_named(root, "Value"))
        if "NotAuthorized" not in codes and "FailedAuthentication" not in codes:
            return RefusedByDevice(Reason.DEVICE_REFUSES.said())
        return SourceDown((Reason.LOGIN_REFUSED if self._login.given else Reason.LOGIN_WANTED).said())

    def _token(self) -> str:
        """Returns the header of WS-UsernameToken with a digest (OASIS 2004); "" without a login."""
        if not self._login.given:
            return ""
        nonce = os.urandom(16)
        # Milliseconds and 16 bytes: some firmware refuses longer ones.
        created = (datetime.now(UTC) + self._ahead).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        digest = hashlib.sha1(nonce + created.encode() + self._login.password.encode(), usedforsecurity=False).digest()
        return (
            f'<w:Security xmlns:w="{_WSS}wssecurity-secext-1.0.xsd" xmlns:u="{_WSS}wssecurity-utility-1.0.xsd">'
            f"<w:UsernameToken><w:Username>{escape(self._login.username)}</w:Username>"
            f'<w:Password Type="{_DIGEST}">{b64encode(digest).decode()}</w:Password>'
            f'<w:Nonce EncodingType="{_BASE64}">{b64encode(nonce).decode()}</w:Nonce>'
            f"<u:Created>{created}</u:Created></w:UsernameToken></w:Security>"
        )


def _with_login(service: str, login: CameraLogin) -> str:
    """Puts the login before the host, in place of what the device wrote there; it is sent only when it is asked for."""
    url = urlsplit(service)
    place = url.netloc.rpartition("@")[2]
    known = f"{quote(login.username, safe='')}:{quote(login.password, safe='')}@" if login.given else ""
    return url._replace(netloc=known + place).geturl()


def _envelope(question: str, token: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        f"<s:Header>{token}</s:Header><s:Body>{question}</s:Body></s:Envelope>"
    ).encode()


def _clock(root: Element) -> datetime:
    """Returns the device's time. Raises ValueError if it tells none."""
    utc = first(root, "UTCDateTime")
    year, month, day = (number(first(utc, "Date"), name) for name in _DATE)
    hour, minute, second = (number(first(utc, "Time"), name) for name in _TIME)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
