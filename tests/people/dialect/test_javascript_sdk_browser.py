"""CompreFace's JavaScript client in a real browser, where it sends Blobs, from a page of the site's own address."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.people.dialect.javascript_sdk import PACKAGE
from tests.serving import serving

pytestmark = [
    pytest.mark.integration,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lookers", "media"),
]
PACKAGES = PACKAGE.parents[2]
PAGE = Path(__file__).with_name("clients") / "compreface_sdk.html"
EVERY_CALL_WITH_BLOBS = """async ([key, ...sent]) => {
    const client = new CompreFace("http://" + location.hostname, location.port);
    const blob = async (portrait) => (await fetch("data:image/jpeg;base64," + portrait)).blob();
    const [obama, again, biden] = await Promise.all(sent.map(blob));
    const recognition = client.initFaceRecognitionService(key);
    const added = await recognition.getFaceCollection().add(obama, "Barack Obama", { det_prob_threshold: 0.8 });
    return {
        added,
        recognised: await recognition.recognize(again, {}),
        verified: await recognition.getFaceCollection().verify(again, added.image_id, {}),
        detected: await client.initFaceDetectionService(key).detect(again, { limit: 1 }),
        same: await client.initFaceVerificationService(key).verify(obama, again, {}),
        other: await client.initFaceVerificationService(key).verify(obama, biden, {}),
    };
}"""


def from_packages(route: Route) -> None:
    """Answers with the page, or with a file of the packages as it stands."""
    _, _, name = route.request.url.partition("/client/")
    route.fulfill(path=PACKAGES / name if name else PAGE)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with serving() as (host, port):
        context = browser.new_context(base_url=f"http://{host}:{port}")
        tab = context.new_page()
        tab.route("**/client/**", from_packages)
        tab.goto("/client/")
        tab.wait_for_function("!!window.CompreFace")
        yield tab
        context.close()


def test_pictures_are_sent_as_blobs(page: Page, key: str, portraits: Path) -> None:
    sent = [
        base64.b64encode((portraits / name).read_bytes()).decode() for name in ("obama.jpg", "obama2.jpg", "biden.jpg")
    ]
    told: dict[str, Any] = page.evaluate(EVERY_CALL_WITH_BLOBS, [key, *sent])
    assert told["added"]["subject"] == "Barack Obama"
    (face,) = told["recognised"]["result"]
    assert face["subjects"][0]["subject"] == "Barack Obama" and face["subjects"][0]["similarity"] > 0.9
    assert told["verified"]["result"][0]["similarity"] > 0.9
    assert len(told["detected"]["result"]) == 1
    assert told["same"]["result"][0]["face_matches"][0]["similarity"] > 0.9
    assert told["other"]["result"][0]["face_matches"][0]["similarity"] < 0.5
