"""The rendered manifests, run: the migration job, then web and worker, doing the main job from end to end.

Needs podman and the image (`make image`); skipped, visibly, without.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.deploy.manifests import Manifest, of_kind, render
from tests.deploy.podman import Podman, as_pod, missing, secret
from tests.deploy.services import free_port, postgres, valkey

pytestmark = [
    pytest.mark.integration,
    pytest.mark.alone,
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
]
LOGIN = {"username": "operator", "password": "not-a-secret-of-anybody"}


@dataclass(frozen=True, slots=True)
class Site:
    podman: Podman
    address: str
    api: httpx.Client

    def socket(self) -> ClientConnection:
        cookie = f"sessionid={self.api.cookies['sessionid']}"
        url = f"ws://{self.address}/ws/dashboard/"
        return connect(url, additional_headers={"Cookie": cookie}, origin=f"http://{self.address}")

    def until(self, path: str, wanted: str, *, within_s: float) -> Any:
        """The object at `path` as soon as its state is `wanted`."""
        deadline = time.monotonic() + within_s
        while (found := self.api.get(path).json())["state"] != wanted:
            assert time.monotonic() < deadline, f"{found}\n{self.podman.logs('worker-worker')}"
            time.sleep(0.5)
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    podman = Podman(tmp_path_factory.mktemp("site"))
    podman.clear("worker", "web", "migrate")
    with postgres() as database, valkey() as redis, httpx.Client(timeout=10) as api:
        secrets = {"DATABASE_URL": database, "REDIS_URL": redis, "SECRET_KEY": "of-this-test-" * 5}
        try:
            yield _start(podman, secrets, api)
        finally:
            podman.down()


def _start(podman: Podman, secrets: dict[str, str], api: httpx.Client) -> Site:
    manifests = render("local")
    settings = [*of_kind(manifests, "ConfigMap"), secret("facesite", secrets)]
    migration = as_pod(_template(manifests, "Job", "migrate"), "migrate")
    podman.play("migrate", [*settings, *of_kind(manifests, "PersistentVolumeClaim"), migration])
    assert podman.await_end("migrate-migrate", within_s=200) == 0, podman.logs("migrate-migrate")

    web, port = as_pod(_template(manifests, "Deployment", "web"), "web"), str(free_port())
    command = ["uvicorn", "facesite.asgi:application", "--host", "127.0.0.1", "--port", port, "--no-proxy-headers"]
    web["spec"]["containers"][0]["args"] = command  # the image's own listens on 8000, which may be taken
    podman.play("web", [*settings, web])
    podman.play("worker", [*settings, as_pod(_template(manifests, "Deployment", "worker"), "worker")])
    api.base_url = f"http://127.0.0.1:{port}"
    _log_in(podman, api)
    return Site(podman, f"127.0.0.1:{port}", api)


def _template(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    return next(m["spec"]["template"] for m in of_kind(manifests, kind) if m["metadata"]["name"] == name)


def _log_in(podman: Podman, api: httpx.Client) -> None:
    deadline = time.monotonic() + 120
    while not _ready(api):
        assert time.monotonic() < deadline, podman.logs("web-web")
        time.sleep(0.3)
    create = ["python", "manage.py", "createsuperuser", "--noinput", "--email=", f"--username={LOGIN['username']}"]
    podman("exec", "--env", f"DJANGO_SUPERUSER_PASSWORD={LOGIN['password']}", "web-web", *create)
    api.get("/login/")
    api.post("/login/", data={**LOGIN, "csrfmiddlewaretoken": api.cookies["csrftoken"], "next": "/"})
    api.headers["X-CSRFToken"] = api.cookies["csrftoken"]


def _ready(api: httpx.Client) -> bool:
    try:
        return api.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_the_image_serves_pages_and_their_static_files(site: Site) -> None:
    page = site.api.get("/admin/")
    assert page.status_code == 200
    style = page.text.split('href="/static/', 1)[1].split('"', 1)[0]
    assert site.api.get(f"/static/{style}").status_code == 200


def test_processes_have_no_rights_and_cannot_write_where_they_should_not(site: Site) -> None:
    for container in ("web-web", "worker-worker"):
        identity = site.podman(
            "exec", container, "sh", "-c", "id -u; grep CapEff /proc/1/status; touch /opt/x 2>&1 || true"
        )
        assert identity.split()[0] == "10001"
        assert "0000000000000000" in identity
        assert "Read-only file system" in identity


def test_a_stranger_gets_neither_pages_nor_sockets(site: Site) -> None:
    assert httpx.get(f"http://{site.address}/api/v1/people/").status_code == 401
    with pytest.raises(Exception, match="403"):
        connect(f"ws://{site.address}/ws/dashboard/", origin=f"http://{site.address}")


def test_an_enrolled_person_is_named_on_a_camera_over_the_websocket(
    site: Site, portraits: Path, tmp_path: Path
) -> None:
    person = site.api.post("/api/v1/people/", json={"name": "Barack Obama"}).json()
    with (portraits / "obama.jpg").open("rb") as picture:
        report = site.api.post("/api/v1/photos/", data={"person": person["id"]}, files={"images": picture})
    assert report.status_code == 201, report.text
    site.until(f"/api/v1/photos/{report.json()['photos'][0]['id']}/", "enrolled", within_s=60)

    clip = _clip(portraits / "obama2.jpg", tmp_path / "hall.avi")
    site.podman("exec", "worker-worker", "mkdir", "-p", "/var/lib/facesite/media")
    site.podman("cp", str(clip), "worker-worker:/var/lib/facesite/media/hall.avi")
    with site.socket() as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "hello"
        camera = site.api.post(
            "/api/v1/cameras/", json={"name": "Hall", "slug": "hall", "source": "hall.avi", "loop": True}
        )
        assert camera.status_code == 201, camera.text
        assert "Barack Obama" in _named(socket, within_s=60), site.podman.logs("worker-worker")


def _clip(picture: Path, clip: Path) -> Path:
    """Six seconds of a face that moves a little."""
    image = cv2.imread(str(picture))
    assert image is not None
    image = cv2.resize(image, (640, 640 * image.shape[0] // image.shape[1] // 2 * 2))
    height, width = image.shape[:2]
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 15, (width, height))
    for number in range(90):
        writer.write(cv2.copyMakeBorder(image, 0, 0, number % 30, 0, cv2.BORDER_REPLICATE)[:, :width])
    writer.release()
    return clip


def _named(socket: ClientConnection, *, within_s: float) -> set[str]:
    """Names in the sightings that the socket told of, until there is one."""
    deadline = time.monotonic() + within_s
    while (left := deadline - time.monotonic()) > 0:
        message = socket.recv(timeout=left)
        if isinstance(message, str) and (told := json.loads(message))["type"] == "sighting":
            person = told["sighting"]["person"]
            if person:
                return {person["name"]}
    return set()


def test_a_worker_that_is_asked_to_go_gives_its_camera_back(site: Site) -> None:
    assert _state(site, "live", within_s=10)  # its row is written a moment after the first face was named
    site.podman("stop", "--time", "30", "worker-worker")
    assert site.podman.await_end("worker-worker", within_s=5) == 0, site.podman.logs("worker-worker")
    assert _state(site, "waiting", within_s=1)


def _state(site: Site, wanted: str, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while site.api.get("/api/v1/cameras/hall/").json()["status"]["state"] != wanted:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
