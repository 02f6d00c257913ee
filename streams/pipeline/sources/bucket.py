"""One object of Google Cloud Storage, read piece by piece with the account that this process runs under.

The environment sets the account: a pod's account under Workload Identity, or the file that
GOOGLE_APPLICATION_CREDENTIALS names.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason

if TYPE_CHECKING:
    from google.cloud.storage import Blob, Client

T = TypeVar("T")
# 5 s to connect, 20 s without a byte: far below the 60 s after which a camera's process counts as stuck.
TIMEOUT_S = (5, 20)


class StoredObject:
    """The current generation of an object; a generation never changes. Raises SourceDown with the reason."""

    def __init__(self, bucket: str, name: str) -> None:
        self._place = f"gs://{bucket}/{name}"
        blob = self._asked(lambda: _client().bucket(bucket).get_blob(name, timeout=TIMEOUT_S, retry=None))
        if blob is None:
            raise SourceDown(Reason.NO_OBJECT.said(place=self._place))
        self._blob: Blob = blob
        self.generation = str(blob.generation)
        self.size_bytes = int(blob.size or 0)
        self.crc32c: bytes = base64.b64decode(blob.crc32c or "")
        """Four bytes, big-endian; empty if the storage gives none."""

    def read(self, start: int, end: int) -> bytes:
        """Returns the stored bytes from `start` up to but without `end`. Raises SourceDown."""

        def ask() -> Any:
            return self._blob.download_as_bytes(
                start=start,
                end=end - 1,
                raw_download=True,
                if_generation_match=int(self.generation),
                timeout=TIMEOUT_S,
                checksum=None,  # it covers the whole object: streams/pipeline/sources/stored.py compares it at the end
                retry=None,  # the camera tries again and reports it
            )

        data: bytes = self._asked(ask)
        if len(data) != end - start:
            raise SourceDown(Reason.ENDED_EARLY.said(place=self._place, came=len(data), wanted=end - start))
        return data

    def _asked(self, ask: Callable[[], T]) -> T:
        from google.api_core.exceptions import Forbidden, GoogleAPIError, NotFound, PreconditionFailed
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

        try:
            return ask()
        except Forbidden:
            raise SourceDown(Reason.MAY_NOT_READ.said(place=self._place)) from None
        except (NotFound, PreconditionFailed):
            raise SourceDown(Reason.REPLACED.said(place=self._place)) from None
        except GoogleAuthError as error:
            raise SourceDown(Reason.UNKNOWN_WORKER.said(why=type(error).__name__)) from None
        except (GoogleAPIError, RequestException, OSError) as error:
            raise SourceDown(Reason.STORAGE_AWAY.said(why=type(error).__name__)) from None


@cache
def _client() -> Client:
    """Imports the library late: it costs a camera's process 40 MB, and most cameras have other sources."""
    from google.cloud.storage import Client

    return Client()
