"""Every object is what the API server of a current GKE expects, with no unknown field."""

from __future__ import annotations

import kubernetes_validate
import pytest

from tests.deploy.manifests import Manifest, name_of

VERSION = "1.33"
FIELDS = {
    "SecretProviderClass": {"provider", "parameters"},
    "ManagedCertificate": {"domains"},
    "FrontendConfig": {"redirectToHttps"},
    "PodMonitoring": {"selector", "endpoints"},
    "BackendConfig": {"timeoutSec", "connectionDraining", "securityPolicy", "healthCheck"},
}
"""Google's own kinds, whose schemas are not published with Kubernetes: the fields that we use, from their reference."""


def test_objects_are_valid(manifests: list[Manifest]) -> None:
    for manifest in manifests:
        if manifest["kind"] not in FIELDS:
            kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_an_unknown_field_is_found(manifests: list[Manifest]) -> None:
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**manifests[0], "sepc": {}}, VERSION, strict=True)


def test_googles_kinds_have_the_fields_of_their_reference(gke: list[Manifest]) -> None:
    found = {manifest["kind"]: set(manifest["spec"]) for manifest in gke if manifest["kind"] in FIELDS}
    assert found == FIELDS


def test_everything_is_in_one_namespace_and_named_once(manifests: list[Manifest]) -> None:
    assert {m["metadata"].get("namespace", "facesite") for m in manifests} == {"facesite"}
    assert len({name_of(m) for m in manifests}) == len(manifests)
