"""The networks of one process: each is opened when it is first used, and then checked against its known values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from people.recognition.engine import golden
from people.recognition.engine.encoder import Encoder
from people.recognition.engine.graph_cache import cached
from people.recognition.engine.landmarks import Landmarks
from people.recognition.engine.memory import give_back
from people.recognition.engine.mmod import Mmod
from people.recognition.engine.runtime import CPU, session
from people.recognition.engine.sface import SFace
from people.recognition.engine.weights import ENCODER, LANDMARKS, MMOD, SFACE, YUNET, WeightFile
from people.recognition.engine.yunet import YuNet

Network = TypeVar("Network", bound=golden.Network)
FOR_FACES = ("mmod", "landmarks", "encoder", "sface")
GRAPH_VERSION = 5
"""Raise it when a builder of graphs changes: graphs of another version are then built anew."""


class Networks:
    """Opens networks over graphs that are built once and kept in `cache_dir`.

    Each property raises BadWeights if its weight file is missing or is not the published one, and GoldenMismatch if the
    network does not give the known values (golden.py). `checked=False` is for recording them.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        weights_dir: Path | None = None,
        providers: Sequence[str] = CPU,
        checked: bool = True,
    ) -> None:
        """`weights_dir`: where all weight files are; by default in the installed packages. `providers`: ONNX Runtime's,
        in order of preference."""
        self._cache_dir, self._weights_dir, self._providers = cache_dir, weights_dir, providers
        self._is_checked, self._stays_open = checked, False

    @cached_property
    def yunet(self) -> YuNet:
        return self._checked(YuNet(self._session(YUNET, "yunet")))

    @cached_property
    def mmod(self) -> Mmod:
        return self._checked(Mmod(self._session(MMOD, "mmod")))

    @cached_property
    def landmarks(self) -> Landmarks:
        return self._checked(Landmarks(LANDMARKS.verify(self._weights_dir)))

    @cached_property
    def encoder(self) -> Encoder:
        return self._checked(Encoder(self._session(ENCODER, "encoder")))

    @cached_property
    def sface(self) -> SFace:
        return self._checked(SFace(self._session(SFACE, "sface")))

    def open_all(self) -> tuple[golden.Network, ...]:
        """Opens and checks every network, which also makes their graphs."""
        return self.yunet, self.mmod, self.landmarks, self.encoder, self.sface

    def open_for_forks(self) -> None:
        """Opens all but MMOD for the processes that will be forked from this one; there they stay open.

        The forks read them in common memory. No session has a thread, which a fork would not take along.
        """
        assert all((self.yunet, self.landmarks, self.encoder, self.sface))
        self._stays_open = True
        self.rest()

    def rest(self) -> None:
        """Gives back the memory that faces in sight need.

        Networks of this process alone are closed but for YuNet, which looks for faces and takes 5 MB; each is opened
        and checked again when it is used.
        """
        if not self._stays_open:
            for name in FOR_FACES:
                vars(self).pop(name, None)
        if "yunet" in vars(self):
            self.yunet.empty_pool()
        give_back()

    def _checked(self, network: Network) -> Network:
        if self._is_checked:
            golden.check(network)
        return network

    def _session(self, weights: WeightFile, name: str) -> Any:
        file = weights.verify(self._weights_dir)
        path = self._cache_dir / f"{name}-{weights.sha256[:12]}-v{GRAPH_VERSION}.onnx.sealed"
        return session(cached(path, _builder(file, name)), self._providers)


_forked: dict[tuple[Path, Path | None], Networks] = {}


def open_for_forks(cache_dir: Path, weights_dir: Path | None = None) -> None:
    """Opens networks that `networks_of` then returns in every process forked from this one. Raises RecognitionError."""
    networks = Networks(cache_dir, weights_dir=weights_dir)
    networks.open_for_forks()
    _forked[cache_dir, weights_dir] = networks


def networks_of(cache_dir: Path, weights_dir: Path | None = None) -> Networks:
    """Returns the networks that this process was forked with, or such as open when they are used."""
    return _forked.get((cache_dir, weights_dir)) or Networks(cache_dir, weights_dir=weights_dir)


def _builder(weights: Path, name: str) -> Callable[[], bytes]:
    def build() -> bytes:
        # onnx is imported only here, so that a camera child with a cache saves its 0.3 s and 40 MB.
        from people.recognition.engine.dlib_format import read_network
        from people.recognition.engine.onnx_graphs import encoder_graph, mmod_graph
        from people.recognition.engine.sface_graph import sface_graph
        from people.recognition.engine.yunet_graph import yunet_graph
        from people.recognition.engine.zoo_format import read_zoo

        data = weights.read_bytes()
        match name:
            case "yunet":
                return yunet_graph(read_zoo(data))
            case "sface":
                return sface_graph(read_zoo(data))
            case "mmod":
                return mmod_graph(read_network(data))
        return encoder_graph(read_network(data))

    return build
