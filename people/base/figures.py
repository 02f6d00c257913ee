"""Numbers for monitoring that a label tells apart."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric


def gauge_by(label: str, name: str, meaning: str, values: Mapping[str, float]) -> Metric:
    """A gauge with one sample for each value of `label`."""
    gauge = GaugeMetricFamily(name, meaning, labels=[label])
    for told, value in values.items():
        gauge.add_metric([told], value)
    return gauge


def counter_by(label: str, name: str, meaning: str, values: Mapping[str, float]) -> Metric:
    """A counter with one sample for each value of `label`; its name ends with _total."""
    counter = CounterMetricFamily(name, meaning, labels=[label])
    for told, value in values.items():
        counter.add_metric([told], value)
    return counter
