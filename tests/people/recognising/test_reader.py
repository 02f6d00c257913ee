"""The child that reads photos, as a real process."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from people.errors import ReaderDied
from people.recognising.reader import PhotoReader
from people.recognising.reading import ReadPhoto, Ready
from people.recognition.reading.photo import PhotoReading
from tests.spoilt import reader_with_a_spoilt_engine

pytestmark = pytest.mark.integration


def scripted(pipe: Connection, cache_dir: Path) -> None:
    """A child that does what the picture says."""
    pipe.send(Ready())
    while True:
        try:
            request: ReadPhoto = pipe.recv()
        except EOFError:
            return
        match request.data:
            case b"crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case b"hang":
                time.sleep(60)
            case b"loaded modules":
                pipe.send(PhotoReading(",".join(sorted(sys.modules))))
            case _:
                pipe.send(PhotoReading("no_face"))


def read(reader: PhotoReader, data: bytes) -> PhotoReading:
    return reader.read(data, chosen_box=None, max_bytes=15_000_000)


@pytest.fixture
def reader(tmp_path: Path) -> Any:
    reader = PhotoReader(tmp_path, child=scripted, timeout_s=1.0)
    yield reader
    reader.close()


def test_a_crash_is_told_and_the_next_photo_has_a_new_child(reader: PhotoReader) -> None:
    assert read(reader, b"picture").verdict == "no_face"
    first = reader.pid
    with pytest.raises(ReaderDied, match="crashed"):
        read(reader, b"crash")
    assert read(reader, b"picture").verdict == "no_face"
    assert reader.pid != first


def test_a_child_that_takes_too_long_is_killed(reader: PhotoReader) -> None:
    reader.start()
    pid = reader.pid
    assert pid is not None
    with pytest.raises(ReaderDied, match="longer than 1 s"):
        read(reader, b"hang")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_killing_the_child_frees_whoever_waits_for_it(reader: PhotoReader) -> None:
    reader.start()
    threading.Timer(0.2, reader.kill).start()
    with pytest.raises(ReaderDied, match="crashed"):
        read(reader, b"hang")


def test_the_child_ends_when_its_parent_hangs_up(reader: PhotoReader) -> None:
    reader.start()
    process = reader._process
    assert process is not None
    assert reader._pipe is not None
    reader._pipe.close()
    process.join(5)
    assert process.exitcode == 0


def test_a_reader_of_enrolment_photos_stands_back_for_everybody_else(tmp_path: Path) -> None:
    reader = PhotoReader(tmp_path, child=scripted, niceness=7)
    reader.start()
    assert reader.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, reader.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 7)
    reader.close()


def test_no_django_no_face_recognition_and_no_builder_of_graphs_is_loaded_in_the_child(reader: PhotoReader) -> None:
    """`people.recognising.reading` is imported by every child; this module's own imports are left out of account."""
    import subprocess

    code = "import sys, people.recognising.reading; print(','.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    tops = {name.split(".")[0] for name in loaded.strip().split(",")}
    assert "people" in tops
    strange = {"django", "rest_framework", "channels", "facesite", "streams", "face_recognition", "onnx"}
    assert not tops & strange


def test_the_real_child_reads_a_portrait_and_survives_bad_files(portraits: Path, shared_faces: Path) -> None:
    reader = PhotoReader(Path(settings.MODEL_CACHE))
    try:
        reading = read(reader, (portraits / "obama.jpg").read_bytes())
        assert reading.verdict == "ok"
        assert reading.vector is not None
        pid = reader.pid
        for name in ("bomb_20000x20000.png", "lying_header.jpg", "huge_9600x9600.png", "text_renamed.jpg"):
            assert read(reader, (shared_faces / "bad" / name).read_bytes()).verdict not in ("ok", "no_face")
        assert reader.pid == pid
        assert reader.engine
    finally:
        reader.close()


def test_a_reader_whose_engine_is_off_says_so_and_reads_nothing() -> None:
    reader = PhotoReader(Path(settings.MODEL_CACHE), child=reader_with_a_spoilt_engine)
    with pytest.raises(ReaderDied, match="photos cannot be read: the encodings are not what they should be"):
        reader.start()
    assert reader.pid is None
