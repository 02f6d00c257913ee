"""Names in manifests that nothing answers to: what a schema cannot see and an API server finds out too late.

Each function returns the problems that it found, in words.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.deploy.manifests import Manifest, Pod, name_of, of_kind, pods

BY_HAND = {"Secret": {"facesite", "facesite-metrics"}}
"""Objects that k8s/README.md makes by a command because they hold secrets."""


def matches(selector: Manifest, labels: dict[str, str]) -> bool:
    """Whether a label selector (empty: everything) takes these labels."""
    exact = selector.get("matchLabels", {}).items() <= labels.items()
    return exact and all(
        expression["operator"] == "In" and labels.get(expression["key"]) in expression["values"]
        for expression in selector.get("matchExpressions", [])
    )


def selectors(manifests: list[Manifest]) -> Iterator[str]:
    """Selectors that take no pod, or not the owner's own."""
    everyone = list(pods(manifests))
    for pod in everyone:
        own = [pod.owner["spec"].get("selector"), *(s["labelSelector"] for s in _spreads(pod))]
        if any(selector and not matches(selector, pod.labels) for selector in own):
            yield f"{pod.name}: a selector does not match its own pods"
    for where, selector in _outward_selectors(manifests):
        if not any(matches(selector, pod.labels) for pod in everyone):
            yield f"{where}: selects no pod by {selector}"


def names(manifests: list[Manifest]) -> Iterator[str]:
    """Config maps, secrets, claims, accounts and targets that do not exist."""
    known = {(m["kind"], m["metadata"]["name"]) for m in manifests}
    known |= {(kind, name) for kind, by_hand in BY_HAND.items() for name in by_hand}
    for where, kind, name in _named(manifests):
        if (kind, name) not in known:
            yield f"{where}: there is no {kind} {name}"


def volumes(manifests: list[Manifest]) -> Iterator[str]:
    """Mounts without a volume and volumes without a mount."""
    for pod in pods(manifests):
        mounted = {mount["name"] for c in pod.containers for mount in c.get("volumeMounts", [])}
        for name in mounted ^ pod.volumes.keys():
            yield f"{pod.name}: {name} is {'mounted, but no volume' if name in mounted else 'never mounted'}"


def ports(manifests: list[Manifest]) -> Iterator[str]:
    """Probes, services, ingresses and network rules that name a port nobody listens on."""
    for pod in pods(manifests):
        for container in pod.containers:
            listening = {port["name"] for port in container.get("ports", [])}
            for probe in probes(container):
                port = (probe.get("httpGet") or probe.get("tcpSocket") or {}).get("port")
                if port is not None and port not in listening:
                    yield f"{pod.name}: a probe asks port {port}"
    for service in of_kind(manifests, "Service"):
        for port in service["spec"]["ports"]:
            for pod in _behind(service, manifests):
                if port["targetPort"] not in pod.ports():
                    yield f"{name_of(service)}: {pod.name} has no port {port['targetPort']}"
    yield from _ingress_ports(manifests)
    yield from _network_ports(manifests)
    yield from _monitored_ports(manifests)


def probes(container: Manifest) -> Iterator[Manifest]:
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        if kind in container:
            yield container[kind]


def _spreads(pod: Pod) -> list[Manifest]:
    return list(pod.spec.get("topologySpreadConstraints", []))


def _outward_selectors(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    for service in of_kind(manifests, "Service"):
        yield name_of(service), {"matchLabels": service["spec"]["selector"]}
    for budget in of_kind(manifests, "PodDisruptionBudget"):
        yield name_of(budget), budget["spec"]["selector"]
    for monitoring in of_kind(manifests, "PodMonitoring"):
        yield name_of(monitoring), monitoring["spec"]["selector"]
    for policy in of_kind(manifests, "NetworkPolicy"):
        yield name_of(policy), policy["spec"]["podSelector"]
        for rule in (*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])):
            for peer in (*rule.get("from", []), *rule.get("to", [])):
                if "podSelector" in peer and "namespaceSelector" not in peer:
                    yield name_of(policy), peer["podSelector"]


def _named(manifests: list[Manifest]) -> Iterator[tuple[str, str, str]]:
    for pod in pods(manifests):
        if account := pod.spec.get("serviceAccountName"):
            yield pod.name, "ServiceAccount", account
        for container in pod.containers:
            for source in container.get("envFrom", []):
                yield pod.name, "ConfigMap", source["configMapRef"]["name"]
        for volume in pod.volumes.values():
            yield from ((pod.name, kind, name) for kind, name in _volume_names(volume))
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        yield name_of(scaler), target["kind"], target["name"]
    for monitoring in of_kind(manifests, "PodMonitoring"):
        for endpoint in monitoring["spec"]["endpoints"]:
            yield name_of(monitoring), "Secret", endpoint["authorization"]["credentials"]["secret"]["name"]
    for role in of_kind(manifests, "Role"):
        for rule in role["rules"]:
            yield from ((name_of(role), "Secret", name) for name in rule["resourceNames"])
    for binding in of_kind(manifests, "RoleBinding"):
        yield name_of(binding), binding["roleRef"]["kind"], binding["roleRef"]["name"]
    for ingress in of_kind(manifests, "Ingress"):
        notes = ingress["metadata"]["annotations"]
        yield name_of(ingress), "ManagedCertificate", notes["networking.gke.io/managed-certificates"]
        yield name_of(ingress), "FrontendConfig", notes["networking.gke.io/v1beta1.FrontendConfig"]


def _volume_names(volume: Manifest) -> Iterator[tuple[str, str]]:
    if "secret" in volume:
        yield "Secret", volume["secret"]["secretName"]
    if "persistentVolumeClaim" in volume:
        yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    if "csi" in volume:
        yield "SecretProviderClass", volume["csi"]["volumeAttributes"]["secretProviderClass"]


def _behind(service: Manifest, manifests: list[Manifest]) -> list[Pod]:
    selector = {"matchLabels": service["spec"]["selector"]}
    return [pod for pod in pods(manifests) if matches(selector, pod.labels)]


def _ingress_ports(manifests: list[Manifest]) -> Iterator[str]:
    offered = {
        (service["metadata"]["name"], port["name"])
        for service in of_kind(manifests, "Service")
        for port in service["spec"]["ports"]
    }
    for ingress in of_kind(manifests, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                if (backend["name"], backend["port"]["name"]) not in offered:
                    yield f"{name_of(ingress)}: no service offers {backend}"


def _network_ports(manifests: list[Manifest]) -> Iterator[str]:
    for policy in of_kind(manifests, "NetworkPolicy"):
        chosen = [pod for pod in pods(manifests) if matches(policy["spec"]["podSelector"], pod.labels)]
        listening = {port for pod in chosen for port in pod.ports().values()}
        for rule in policy["spec"].get("ingress", []):
            for port in rule["ports"]:
                if port.get("protocol") != "UDP" and port["port"] not in listening:
                    yield f"{name_of(policy)}: nobody behind it listens on {port['port']}"


def _monitored_ports(manifests: list[Manifest]) -> Iterator[str]:
    for monitoring in of_kind(manifests, "PodMonitoring"):
        for pod in (pod for pod in pods(manifests) if matches(monitoring["spec"]["selector"], pod.labels)):
            for endpoint in monitoring["spec"]["endpoints"]:
                if endpoint["port"] not in pod.ports():
                    yield f"{name_of(monitoring)}: {pod.name} has no port {endpoint['port']}"
