"""What the measured cameras send: sizes, codecs and rates of cameras as people buy them."""

from __future__ import annotations

from dataclasses import dataclass

FPS = 25
GROUP = 50
"""Pictures from one key frame to the next: cameras send one every 1 to 4 s."""


@dataclass(frozen=True, slots=True)
class StreamKind:
    name: str
    codec: str
    """As an SDP names it."""
    encoder: str
    width_px: int
    height_px: int
    constant_kbit_s: int
    """Of a constant bit rate; also the most of a variable one."""
    quality: int
    """The encoder's CRF where the rate is variable."""

    def options(self, rate: str) -> dict[str, str]:
        """Returns the encoder's options for `rate`, "vbr" or "cbr": no B-frames and no key frames at cuts."""
        kbit_s, is_variable = self.constant_kbit_s, rate == "vbr"
        if self.encoder == "libx265":
            aim = f"crf={self.quality}" if is_variable else f"bitrate={kbit_s}:strict-cbr=1"
            caps = f"vbv-maxrate={kbit_s}:vbv-bufsize={kbit_s}"
            keys = f"keyint={GROUP}:min-keyint={GROUP}:scenecut=0:bframes=0:repeat-headers=1"
            return {"preset": "superfast", "x265-params": f"{aim}:{caps}:{keys}:log-level=none"}
        options = {"preset": "veryfast", "bf": "0", "sc_threshold": "0"}
        options |= {"maxrate": f"{kbit_s}k", "bufsize": f"{kbit_s}k"}
        return options | ({"crf": str(self.quality)} if is_variable else {"b": f"{kbit_s}k", "nal-hrd": "cbr"})


KINDS = {
    kind.name: kind
    for kind in (
        StreamKind("h264-720p25", "H264", "libx264", 1280, 720, 3000, 20),
        StreamKind("h264-1080p25", "H264", "libx264", 1920, 1080, 6000, 20),
        StreamKind("h265-1080p25", "H265", "libx265", 1920, 1080, 6000, 18),
    )
}
RATES = ("vbr", "cbr")
