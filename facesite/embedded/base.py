"""Django's Postgres backend over an embedded server, started by the first connection that needs it."""

from pathlib import Path
from typing import Any

from facesite.embedded.server import socket_folder
from facesite.postgres import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Postgres whose HOST is the socket folder of the server under DATA_DIR."""

    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict["HOST"] = socket_folder(Path(self.settings_dict["DATA_DIR"]))
        return dict(super().get_connection_params())
