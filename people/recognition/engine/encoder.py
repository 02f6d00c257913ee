"""dlib's face ResNet on ONNX Runtime, which turns aligned face chips of 150 px into encodings."""

from __future__ import annotations

from people.recognition.engine.chip_network import ChipNetwork


class Encoder(ChipNetwork):
    most_chips = 32
