"""What the cluster on one machine leaves for whoever types commands beside it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from facesite.lab.cluster import Cluster


@pytest.mark.integration
def test_commands_beside_a_cluster_get_its_settings_from_a_file_that_is_the_owners_alone() -> None:
    with TemporaryDirectory(prefix="facesite-cluster-") as folder:
        Path(folder).chmod(0o755)  # Postgres runs as another user when this is root
        cluster = Cluster(Path(folder))
        cluster.write_environment()
        assert cluster.environment_file.stat().st_mode & 0o777 == 0o600
        shell = ["sh", "-c", f". {cluster.environment_file} && printenv DATABASE_URL METRICS_TOKEN VAR"]
        said = subprocess.run(shell, check=True, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}).stdout
        assert said.splitlines() == [cluster.database_url, cluster.metrics_token, folder]
