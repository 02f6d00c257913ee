"""The catalogue of reasons why a camera is not or cannot be live: whole sentences for people, without credentials."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

Sentence = NewType("Sentence", str)
"""A text that `Reason.said` made; the type tells it from any other text."""
NONE = Sentence("")
LONGEST_WORD = 100
"""Characters of one text put into a sentence; a camera's row holds 300 characters."""


class Reason(StrEnum):
    """One or two sentences each; `said` fills in the words in braces."""

    # The text of the source
    NO_SOURCE = "No source is given."
    SCHEME = "Addresses may begin with {known}; this one begins with “{scheme}”."
    NO_HOST = "The address names no host."
    UNREADABLE_ADDRESS = "The address cannot be read ({why})."
    STORED_PATH = "Expected a video as gs://bucket/folder/video.mp4."
    UNCLEAR_LOGIN = "It is unclear where the password ends: write it in the field for the password."
    TWO_LOGINS = "The address holds two different {what}; a camera has one."
    OUTSIDE_MEDIA = "The source is a file outside of the media folder."
    REGIONS_BROKEN = "The stored regions of this camera cannot be read: draw them again."
    SEAL_BROKEN = "The stored password cannot be opened with the keys of this site: enter it again."

    # Files
    NO_FILE = "The file does not exist."
    NOT_A_FILE = "The path names no file."
    EMPTY_FILE = "The file is empty."
    UNREADABLE_FILE = "The file cannot be read ({why})."
    IMPOSSIBLE_NAME = "The file cannot be read: its name is not valid."
    NO_VIDEO = "The file is not a video."
    CUT_SHORT = "The file is cut short: its index is missing."
    SOUND_ONLY = "The file holds sound only, no video."
    NO_DECODABLE_VIDEO = "The file holds no video that can be decoded."
    NO_DECODABLE_PICTURES = "The file has no pictures that can be decoded."
    FILE_ENDED = "The file has ended."
    VIDEO_TOO_LONG = "The video is longer than {most_h:g} hours: cut it into parts and have each of them analysed."

    # Network cameras and devices
    NO_DEVICE = "Device {number:d} is missing, or another program uses it."
    SILENT_DEVICE = "Device {number:d} gives no pictures."
    NO_FIRST_PICTURE = "Connected, but no picture came."
    STREAM_STOPPED = "The stream stopped: no picture for {silent_s:.0f} s."
    RECORDING_ENDED = "The recording has ended."
    STREAM_ENDED = "The stream has ended on its server."
    NO_NEW_PIECE = "The stream stands still: nothing new for {silent_s:.0f} s."
    STREAM_SOUND_ONLY = "The stream holds sound only, no video."
    BAD_PLAYLIST = "The stream's playlist cannot be read."
    OTHER_CODEC = "The camera's {codec} cannot be read over RTSP: set it to H.264, H.265 or MJPEG."
    NO_KEY_FRAME = "The stream has no picture to begin with (a key frame) within {within_s:.0f} s."
    ENCRYPTED = "The stream is encrypted in a way that cannot be read here ({method})."
    WRONG_KEY = "The stream's key does not open it."
    NO_PARTS = "The recording's index stands at its end, and the server sends no parts of a file."
    UNDECODABLE = "The stream's pictures cannot be decoded."
    TOO_LARGE = "Pictures of {width:d} × {height:d} pixels are too large; set the camera or make the video to 4K."
    NO_ANSWER_WITHIN = "The server does not answer within {within_s:.0f} s."
    UNKNOWN_NAME = "The host's name is not known."
    NOTHING_LISTENS = "The host refuses the connection: nothing listens on this port."
    BROKE_OFF = "The stream stopped: the server hung up."
    TOO_LONG = "The server sends too much for this: more than {most_mb:.0f} MB."
    PICTURE_TOO_LONG = "A picture of the stream is too large: more than {most_mb:.0f} MB."
    NO_ENCRYPTION = "No encrypted connection could be made."
    UNREACHABLE = "The host cannot be reached ({why})."
    HUNG_UP = "The server hung up without an answer."
    OTHER_LANGUAGE = "The server does not speak the protocol that the address begins with."
    NOT_VIDEO = "The server answers, but not with video."
    ANSWERED_ERROR = "The server answered with error {status:d}."
    LEADS_NOWHERE = "The server redirects to another address ({status:d}), which is not followed: enter that address."
    TOO_MANY_REDIRECTS = "The server redirects again and again."
    LOGIN_WANTED = "The server asks for a login (401): enter a user and a password."
    LOGIN_REFUSED = "The server refuses the login given (401): check the user and the password."
    LOGIN_ELSEWHERE = (
        "The server redirects to {server}, which asks for a login (401): enter that address, for the login."
    )
    LOGIN_UNKNOWN = "The server asks for a kind of login that is not known here ({kinds})."
    LOGIN_IN_CLEAR = "The device wants the password in clear (Basic), and a search sends it to nobody like that."
    FORBIDDEN = "The server forbids access (403)."
    NOTHING_THERE = "The server has nothing under this path ({status:d})."
    ADDRESS_TOO_LONG = "The address is too long for the server (414)."
    UDP_ONLY = "The server sends video over UDP only, and this camera is set to TCP: set it to automatic or to UDP."
    TCP_ONLY = "The server sends no video over UDP, and this camera is set to UDP: set it to automatic or to TCP."
    NO_TRANSPORT = "The server sends video neither over TCP nor over UDP (461)."
    UDP_IN_CLEAR = "Over UDP the video would not be encrypted: what begins with rtsps:// is read over TCP alone."
    MULTICAST = "The server sends video to a group (multicast), which is not read: set the camera to unicast."
    UDP_PORTS = "The server names UDP ports that no camera uses: they begin at {lowest:d}."
    UDP_FROM_ELSEWHERE = "The server would send from another address than its own ({address}), which is not heard."
    NO_UDP_PORT = "All UDP ports for cameras are in use on this worker ({first:d} to {last:d})."
    UDP_SILENT = (
        "The server says that it sends over UDP, and nothing arrives: open the UDP ports {first:d} to {last:d} towards "
        "the worker, or let the camera send over TCP."
    )
    PACKET_STORM = "The camera sends more packets than any video has ({most:,d} a second)."
    PACKETS_LOST = "Packets are lost on their way, {lost:d} so far: for {within_s:.0f} s no picture came whole."
    NO_SESSION = "The server has no such session (454)."
    TOO_BUSY = "The server is too busy (503)."
    SURPRISE = "The source cannot be read ({why})."

    # Where an address may lead
    NETWORK = "{address} is in a network that is not allowed for cameras; CAMERA_NETWORKS names those that are."
    BAD_REDIRECT = "The server redirects to an address that cannot be read."
    OTHER_SCHEME = "The server redirects to an address that does not begin with http or https."

    REDIRECTED = "The device redirects to another address, where it is not asked."

    # Search of the network
    NO_NETWORK = "No network is searched: CAMERA_NETWORKS names none."
    DEVICE_OUTSIDE = "{address} is in no network that CAMERA_NETWORKS names: only those are searched."
    NAMES_ELSEWHERE = "The device names another address than its own, where it is not asked."
    STREAMS_ELSEWHERE = "The device names streams at another address than its own; they are not offered."
    NO_STREAMS = "The device offers no streams."
    NOT_ONVIF = "The device answers, but not as ONVIF says."
    DEVICE_REFUSES = "The device refuses to tell its streams."
    DEVICE_SLOW = "The device did not tell its streams within {within_s:.0f} s."
    NOT_ASKED = "There was no time to ask this device: ask it alone, by its address."
    SEARCH_TOO_LONG = "The search did not end within {within_s:.0f} s."
    SEARCH_ENDED = "The search's process ended by itself."

    # Regions of the picture
    REGION_CORNERS = "A region has 3 to {most:d} corners; this one has {number:d}."
    REGION_OUTSIDE = "The corner {x:g} {y:g} lies outside of the picture: both numbers go from 0 to 1."
    REGION_CROSSES = "The outline crosses or touches itself: draw two regions instead."
    REGION_FLAT = "The region has no area: its corners lie in one line."

    # Browsers
    NOBODY_SENDS = "Nobody sends pictures: open this camera's sending page on a phone or a laptop."
    BROWSER_STOPPED = "The browser stopped sending: no picture for {silent_s:.0f} s."
    SENT_TOO_LARGE = "The pictures sent are too large: {width:d} × {height:d} pixels."
    SENT_UNDECODABLE = "The pictures sent cannot be decoded."

    # Videos in cloud storage
    BUCKET = "Videos of the bucket {bucket} are not allowed; VIDEO_BUCKETS names the buckets that are."
    TOO_BIG = "The video is too large: {size_mb:,.0f} MB; at most {most_mb:,.0f} MB are fetched (VIDEO_CACHE_BYTES)."
    NO_OBJECT = "There is no {place}."
    ENDED_EARLY = "Only {came:d} of the {wanted:d} bytes of {place} came."
    MAY_NOT_READ = "This worker's account may not read {place}."
    REPLACED = "{place} was deleted or replaced while it was read."
    UNKNOWN_WORKER = "The storage does not know this worker ({why})."
    STORAGE_AWAY = "The storage cannot be reached ({why})."
    CANNOT_KEEP = "The video cannot be stored ({why})."
    DAMAGED = "The video was damaged on its way and is fetched again."
    NO_ROOM = "The other cameras' videos leave no room for this one (VIDEO_CACHE_BYTES)."
    NO_DISK = "The disk has no room for this video."
    FETCHING = "The video is being fetched: {here_mb:,.0f} of {size_mb:,.0f} MB are here."

    # The camera's own process
    NO_PICTURE_FOR = "No picture came for {silent_s:.0f} s."
    LOOP_SILENT = "Recognition has not answered for {silent_s:.0f} s."
    NO_ENGINE = "The recognition engine cannot be used: {why}."
    NO_LIVENESS = "No hint at held pictures can be given: {why}."
    LIVENESS_MISSING = "No hint at held pictures can be given: the network for it is not installed on this worker."
    PROCESS_ENDED = "The camera's process ended by itself ({how})."
    PROCESS_SILENT = "The camera's process gave no sign of life for {silent_s:.0f} s and was ended."
    NOT_STARTED = "The camera could not be started."
    NO_WORKER = "No worker is running this camera."
    TRIAL_TOO_LONG = "No picture came within {within_s:.0f} s."
    TRIAL_ENDED = "The test's process ended by itself."

    # How it is looked at while nothing happens
    DOZES = "Nothing moves, so only key frames are looked at; the size of the others tells of motion."
    LOOKS_AT_KEYS = "Nothing moves, so only key frames are looked at; what moves between them is seen at the next one."
    RARE_KEYS = "Every picture is decoded, because the stream's key frames are too far apart."

    # Its hours
    ASLEEP = "Asleep until {when}."

    # The next try
    NEXT_TRY = "The next try is in {delay_s:.0f} s."
    NEXT_START = "It is started again in {delay_s:.0f} s."

    def said(self, **words: object) -> Sentence:
        """Returns the sentence with `words` filled in; texts among them are made printable and cut to LONGEST_WORD."""
        return Sentence(self.value.format(**{name: _fit(word) for name, word in words.items()}))


def joined(*sentences: Sentence) -> Sentence:
    return Sentence(" ".join(filter(None, sentences)))


def _fit(word: object) -> object:
    """Returns a text as a sentence can hold it; other words as they are.

    A source's server words some of them. Postgres refuses zero bytes and halves of characters, and a line feed would
    begin a line of the log.
    """
    if not isinstance(word, str):
        return word
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in word[: LONGEST_WORD + 1])
    return shown if len(shown) <= LONGEST_WORD else f"{shown[: LONGEST_WORD - 1]}…"
