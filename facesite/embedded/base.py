"""Django's Postgres backend with an embedded server, which the first connection starts."""

from pathlib import Path
from typing import Any

from facesite.embedded.server import socket_folder
from facesite.postgres import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects to the embedded server of DATA_DIR: HOST is its socket folder."""

    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict["HOST"] = socket_folder(Path(self.settings_dict["DATA_DIR"]))
        return dict(super().get_connection_params())
