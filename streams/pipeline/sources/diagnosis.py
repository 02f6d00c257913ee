"""Says in a sentence why a server could not be read: by the error of the connection, or by the status it answered."""

from __future__ import annotations

import socket
import ssl

from streams.pipeline.errors import AddressRefused
from streams.pipeline.reasons import Reason, Sentence

_STATUS = {
    301: Reason.LEADS_NOWHERE,
    302: Reason.LEADS_NOWHERE,
    303: Reason.LEADS_NOWHERE,
    307: Reason.LEADS_NOWHERE,
    308: Reason.LEADS_NOWHERE,
    403: Reason.FORBIDDEN,
    404: Reason.NOTHING_THERE,
    410: Reason.NOTHING_THERE,
    414: Reason.ADDRESS_TOO_LONG,
    453: Reason.TOO_BUSY,
    454: Reason.NO_SESSION,
    461: Reason.UDP_ONLY,
    503: Reason.TOO_BUSY,
}


def why_unreachable(error: Exception, within_s: float) -> Sentence:
    """Returns the reason for an error that came before the server's answer; `within_s` is how long we waited."""
    match error:
        case AddressRefused():
            return error.said
        case socket.gaierror():
            return Reason.UNKNOWN_NAME.said()
        case ConnectionRefusedError():
            return Reason.NOTHING_LISTENS.said()
        case TimeoutError():
            return Reason.NO_ANSWER_WITHIN.said(within_s=within_s)
        case ssl.SSLError():
            return Reason.NO_ENCRYPTION.said()
        case ConnectionResetError() | BrokenPipeError() | EOFError():
            return Reason.HUNG_UP.said()
        case OSError():
            return Reason.UNREACHABLE.said(why=error.strerror or type(error).__name__)
    return Reason.OTHER_LANGUAGE.said()


def why_status(status: int) -> Sentence:
    """Returns the reason for an answer that is no success."""
    return _STATUS.get(status, Reason.ANSWERED_ERROR).said(status=status)
