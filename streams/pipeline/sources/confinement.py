"""A second wall around what reads cameras: the kernel forbids it to connect (Landlock, Linux 6.7 and later).

Only the gate's thread, which was started before, still can. Threads that are started later are forbidden, too, and
nothing takes it back. UDP and name servers are not covered.
"""

from __future__ import annotations

import ctypes
import errno
import os

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION = 1
_NO_NEW_PRIVILEGES = 38
_BIND_TCP, _CONNECT_TCP = 1, 2
NETWORK_ABI = 4
"""The first version of Landlock that knows of TCP."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("access_fs", ctypes.c_uint64), ("access_net", ctypes.c_uint64)]


def abi() -> int:
    """Returns the kernel's version of Landlock; 0 if it has none, or it is switched off."""
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)))


def can_confine() -> bool:
    """Returns whether this kernel can forbid TCP connections."""
    return abi() >= NETWORK_ABI


def forbid_connections() -> bool:
    """Forbids this thread, and all that it starts, to connect or listen over TCP; returns whether the kernel can.

    Raises OSError if it can but does not.
    """
    if not can_confine():
        return False
    libc = _libc()
    rules = _Ruleset(0, _BIND_TCP | _CONNECT_TCP)  # it handles these and allows none
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), 0)
    if ruleset < 0:
        raise _failed("landlock_create_ruleset")
    try:
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):  # the kernel wants it of processes without privileges
            raise _failed("prctl")
        if libc.syscall(_RESTRICT_SELF, ruleset, 0):
            raise _failed("landlock_restrict_self")
    finally:
        os.close(ruleset)
    return True


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _failed(call: str) -> OSError:
    number = ctypes.get_errno() or errno.EPERM
    return OSError(number, f"{call}: {os.strerror(number)}")
