"""CompreFace's addresses, with and without a slash at the end."""

from collections.abc import Iterable

from django.urls import URLPattern, re_path

from people.dialect.base import DialectView
from people.dialect.embeddings import RecognizeEmbeddingsView, VerifyEmbeddingsView, VerifyFaceEmbeddingsView
from people.dialect.faces import DeleteFacesView, FaceImageView, FacesView, FaceView
from people.dialect.recognition import DetectView, DialectVerifyView, RecognizeView, VerifyFaceView
from people.dialect.subjects import SubjectsView, SubjectView

IMAGE = r"(?P<image_id>[^/]{1,100})"
ADDRESSES: tuple[tuple[str, type[DialectView]], ...] = (
    ("recognition/recognize", RecognizeView),
    ("recognition/faces", FacesView),
    ("recognition/faces/delete", DeleteFacesView),
    (f"recognition/faces/{IMAGE}", FaceView),
    (f"recognition/faces/{IMAGE}/img", FaceImageView),
    (f"recognition/faces/{IMAGE}/verify", VerifyFaceView),
    ("recognition/subjects", SubjectsView),
    (r"recognition/subjects/(?P<subject>.+?)", SubjectView),
    ("recognition/embeddings/recognize", RecognizeEmbeddingsView),
    (f"recognition/embeddings/faces/{IMAGE}/verify", VerifyFaceEmbeddingsView),
    ("detection/detect", DetectView),
    ("verification/verify", DialectVerifyView),
    ("verification/embeddings/verify", VerifyEmbeddingsView),
)


def _patterns() -> Iterable[URLPattern]:
    for address, view in ADDRESSES:
        yield re_path(rf"^{address}/?$", view.as_view())


urlpatterns = list(_patterns())
