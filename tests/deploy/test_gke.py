"""The Google overlay: one file describes the site, and the network lets through what it must and no more."""

from __future__ import annotations

import re
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path

import yaml

from streams.channels.entering import PORT_ENCRYPTED, PORT_IN_CLEAR
from streams.pipeline.sources.udp_ports import PORTS
from streams.running.supervisor import Supervisor
from tests.deploy.manifests import K8S, Manifest, of_kind, pods, tool
from tests.deploy.references import matches

CAMERA_ON_THE_INTERNET, CAMERA_IN_THE_VPN = "203.0.113.7", "10.200.3.4"
METADATA_SERVER, A_POD, CLOUD_SQL, GOOGLE_API = "169.254.169.254", "10.4.1.17", "10.100.0.3", "199.36.153.8"
MEMORYSTORE = "10.100.0.4"
BROKER_IN_THE_VPN, ON_THE_INTERNET = "10.210.3.4", "203.0.113.8"
ASKED = "workers-may-reach-private-cameras"


def test_no_placeholder_is_left(gke: list[Manifest]) -> None:
    text = yaml.safe_dump_all(gke)
    for line in (K8S / "overlays/gke/site.env").read_text().splitlines():
        if line and not line.startswith("#"):
            name, value = line.split("=")
            assert value in text, f"{name} is used nowhere"
            assert not re.search(rf"\b{name}\b", text), f"{name} was not replaced"


def test_another_site_is_another_file(tmp_path: Path) -> None:
    shutil.copytree(K8S, tmp_path / "k8s")
    site = tmp_path / "k8s/overlays/gke/site.env"
    site.write_text(
        site.read_text()
        .replace("example-project", "acme-prod")
        .replace("203.0.113.10", "203.0.113.99")
        .replace("faces.example.org", "who.acme.test")
        .replace("10.200.0.0", "10.77.0.0")
        .replace("10.210.0.0", "10.78.0.0")
        .replace("10.100.0.0", "10.66.0.0")
    )
    done = subprocess.run([tool("kubectl"), "kustomize", site.parent], capture_output=True, text=True, check=True)
    assert "acme-prod" in done.stdout and "35.191.0.0/16,130.211.0.0/22,203.0.113.99" in done.stdout
    for old in ("example-project", "faces.example.org", "10.200.0.0", "10.210.0.0", "10.100.0.0"):
        assert old not in done.stdout


def test_every_pod_with_data_has_the_proxy_first(gke: list[Manifest]) -> None:
    proxies = []
    for pod in pods(gke):
        first = pod.spec["initContainers"][0]
        assert (first["name"], first["restartPolicy"]) == ("cloud-sql-proxy", "Always"), pod.name
        proxies.append(first)
    assert all(proxy == proxies[0] for proxy in proxies)


def test_sockets_outlive_the_load_balancers_patience(gke: list[Manifest]) -> None:
    (backend,) = of_kind(gke, "BackendConfig")
    assert backend["spec"]["timeoutSec"] >= 3600
    (web,) = of_kind(gke, "Service")
    assert web["metadata"]["annotations"]["cloud.google.com/backend-config"] == '{"default": "web"}'
    assert backend["metadata"]["name"] == "web"


def test_autoscalers_alone_count_pods(gke: list[Manifest]) -> None:
    scaled = {scaler["spec"]["scaleTargetRef"]["name"] for scaler in of_kind(gke, "HorizontalPodAutoscaler")}
    assert scaled == {m["metadata"]["name"] for m in of_kind(gke, "Deployment")} == {"web", "worker"}
    assert not any("replicas" in m["spec"] for m in of_kind(gke, "Deployment"))


def test_workers_are_scaled_by_a_number_that_they_export_and_leave_room_for_a_lost_one(gke: list[Manifest]) -> None:
    (scaler,) = (m for m in of_kind(gke, "HorizontalPodAutoscaler") if m["metadata"]["name"] == "worker")
    (metric,) = (each["pods"] for each in scaler["spec"]["metrics"] if each["type"] == "Pods")
    source, name, kind = metric["metric"]["name"].split("|")
    assert (source, kind) == ("prometheus.googleapis.com", "gauge")
    assert name in {figure.name for figure in Supervisor(capacity=4).figures() if figure.type == kind}
    (settings,) = of_kind(gke, "ConfigMap")
    assert float(metric["target"]["averageValue"]) < int(settings["data"]["WORKER_CAMERAS"])


def test_metrics_ask_for_the_token_that_the_pods_have(gke: list[Manifest]) -> None:
    for monitoring in of_kind(gke, "PodMonitoring"):
        (pod,) = (pod for pod in pods(gke) if matches(monitoring["spec"]["selector"], pod.labels))
        for endpoint in monitoring["spec"]["endpoints"]:
            asked = endpoint["authorization"]["credentials"]["secret"]
            (mount,) = (m for m in pod.spec["containers"][0]["volumeMounts"] if m["name"] == "metrics-token")
            assert pod.volumes["metrics-token"]["secret"]["secretName"] == asked["name"]
            own = {entry["name"]: entry["value"] for entry in pod.spec["containers"][0]["env"]}
            assert own["METRICS_TOKEN_FILE"] == f"{mount['mountPath']}/{asked['key']}"
            assert own.get("WORKER_METRICS_PORT", "8000") == str(pod.ports()[endpoint["port"]])


def test_workers_reach_cameras_and_no_pod_but_them_does(gke: list[Manifest]) -> None:
    for camera in (CAMERA_ON_THE_INTERNET, CAMERA_IN_THE_VPN):
        assert _who_reaches(gke, camera, 554) == {"Deployment worker"}


def test_workers_alone_reach_channels_and_on_the_internet_only_encrypted(gke: list[Manifest]) -> None:
    """MQTT and webhooks; the ports are the defaults of streams/channels/entering.py."""
    for port in (80, 443, PORT_IN_CLEAR, PORT_ENCRYPTED):
        assert _who_reaches(gke, BROKER_IN_THE_VPN, port) == {"Deployment worker"}
    assert _who_reaches(gke, ON_THE_INTERNET, PORT_ENCRYPTED) == {"Deployment worker"}
    assert _who_reaches(gke, ON_THE_INTERNET, PORT_IN_CLEAR) == set()
    for port in (22, 5432, 6379, 9100):
        assert _who_reaches(gke, BROKER_IN_THE_VPN, port) == _who_reaches(gke, ON_THE_INTERNET, port) == set()


def test_web_and_workers_send_mail_and_web_nothing_else(gke: list[Manifest]) -> None:
    for address in (BROKER_IN_THE_VPN, ON_THE_INTERNET):
        for port in (465, 587):
            assert _who_reaches(gke, address, port) == {"Deployment web", "Deployment worker"}
    assert _who_reaches(gke, ON_THE_INTERNET, 25) == set()


def test_links_in_messages_lead_to_the_site_and_channels_into_the_network_named(gke: list[Manifest]) -> None:
    (settings,) = of_kind(gke, "ConfigMap")
    assert settings["data"]["SITE_URL"] == "https://faces.example.org"
    assert settings["data"]["CHANNEL_NETWORKS"] == "10.210.0.0/16"


def test_nobody_reaches_another_pod(gke: list[Manifest]) -> None:
    for port in (25, 80, 443, 465, 554, 587, 1883, 5432, 6379, 8000, 8883):
        assert _who_reaches(gke, A_POD, port) == set()


def test_everybody_reaches_the_data_and_google(gke: list[Manifest]) -> None:
    everybody = {pod.name for pod in pods(gke)}
    assert _who_reaches(gke, CLOUD_SQL, 3307) == everybody
    assert _who_reaches(gke, GOOGLE_API, 443) == everybody
    assert _who_reaches(gke, METADATA_SERVER, 80) == everybody


def test_memorystore_is_reached_with_tls_only(gke: list[Manifest]) -> None:
    assert _who_reaches(gke, MEMORYSTORE, 6378) == {pod.name for pod in pods(gke)}
    assert _who_reaches(gke, MEMORYSTORE, 6379) == set()


def test_the_load_balancer_reaches_web_and_collectors_the_metrics_and_nobody_else_anything(gke: list[Manifest]) -> None:
    open_to = {m["metadata"]["name"]: m["spec"] for m in of_kind(gke, "NetworkPolicy") if m["spec"].get("ingress")}
    cameras = open_to.pop("private-cameras-may-send-to-workers")
    assert open_to.keys() == {"load-balancer-may-reach-web", "collectors-may-ask-for-metrics"}
    chosen = open_to["load-balancer-may-reach-web"]["podSelector"]
    assert chosen == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    ((collectors,),) = (rule["from"] for rule in open_to["collectors-may-ask-for-metrics"]["ingress"])
    assert collectors == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gmp-system"}}}
    assert cameras["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "worker"}}
    (rule,) = cameras["ingress"]
    asked = next(m["spec"] for m in of_kind(gke, "NetworkPolicy") if m["metadata"]["name"] == ASKED)
    assert rule["from"] == asked["egress"][0]["to"]
    assert rule["ports"] == [{"port": PORTS[0], "endPort": PORTS[-1], "protocol": "UDP"}]


def _who_reaches(manifests: list[Manifest], address: str, port: int) -> set[str]:
    return {pod.name for pod in pods(manifests) if _may(manifests, pod.labels, address, port)}


def _may(manifests: list[Manifest], labels: dict[str, str], address: str, port: int) -> bool:
    return any(
        any(_covers(peer, address) for peer in rule["to"]) and port in [p["port"] for p in rule["ports"]]
        for policy in of_kind(manifests, "NetworkPolicy")
        if matches(policy["spec"]["podSelector"], labels)
        for rule in policy["spec"].get("egress", [])
    )


def _covers(peer: Manifest, address: str) -> bool:
    block = peer.get("ipBlock", {})
    inside = "cidr" in block and ip_address(address) in ip_network(block["cidr"])
    return inside and not any(ip_address(address) in ip_network(hole) for hole in block.get("except", []))
