"""CompreFace's calls that recognise, detect and verify faces in pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite
from typing import Any, ClassVar

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from people.accounts.distances import EXACT, reads_exact_distances
from people.audit.noting import note
from people.dialect.answers import (
    CompreFaceDetectionSerializer,
    CompreFaceFaceVerificationSerializer,
    CompreFacePictureVerificationSerializer,
    CompreFaceRecognitionSerializer,
)
from people.dialect.base import DialectView, picture
from people.dialect.bodies import (
    CompreFacePictureSerializer,
    CompreFacePictureTextSerializer,
    CompreFaceTwoPicturesSerializer,
    CompreFaceTwoPicturesTextSerializer,
)
from people.dialect.described import EXTRAS, IMAGE_ID, PICTURE_OPTIONS, PREDICTION_COUNT, described, form_or_json
from people.dialect.faces import example
from people.dialect.options import Options, candidates, parameters
from people.dialect.refusals import no_such_image
from people.dialect.similarity import told_similarity
from people.dialect.told import times, told_face, told_result, versions
from people.errors import Busy
from people.recognising.uploaded import (
    Recognised,
    bad_picture,
    distance_to_person,
    encoding_of,
    first_names,
    look,
    pair_thresholds,
    recognise,
)
from people.recognition.gallery.ranking import distance
from people.recognition.reading.meant import meant
from people.recognition.reading.probing import Probes
from people.recognition.types import FARTHEST, Thresholds, Vector
from people.records.groups import person_limits
from people.rest.permissions import RightsTable

PICTURE = form_or_json(CompreFacePictureSerializer, CompreFacePictureTextSerializer)
COARSE = "Needs the scope `recognise`. Similarities are exact with the scope `read_encodings` only."


class DialectPictureView(DialectView):
    rights: ClassVar[RightsTable] = {"POST": ("people.recognise",)}

    def asked(self, request: Request) -> Options:
        """Returns the request's options. Raises DialectRefusal; PermissionDenied for embeddings without the right."""
        options = Options.of(parameters(request))
        if options.wants_embedding and not request.user.has_perm(EXACT):
            raise PermissionDenied("Embeddings are biometric data: this API key has no scope for them.")
        return options


class RecognizeView(DialectPictureView):
    @described(
        "recognize",
        "Recognise the faces in a picture",
        f"Names for every face the most similar subjects. Nothing is kept. {COARSE}",
        parameters=[*PICTURE_OPTIONS, PREDICTION_COUNT, EXTRAS],
        body=PICTURE,
        answers={200: CompreFaceRecognitionSerializer},
    )
    def post(self, request: Request) -> Response:
        options, exact = self.asked(request), reads_exact_distances(request.user)
        found = recognise(
            picture(request),
            within=person_limits(request.user),
            most=options.limit,
            # Twice as many: people of the same name are one subject.
            count=2 * options.prediction_count,
            lowest_score=options.lowest_score,
            smallest_px=options.smallest_px,
            exact=exact,
        )
        if not found.faces:
            raise bad_picture("no_face")
        candidates(parameters(request), rows=len(found.faces), of="faces")
        note(request, person=[one.person.pk for face in found.faces for one in face.candidates])
        others = [] if exact else first_names(found.engine, person_limits(request.user), 2 * options.prediction_count)
        told = [
            told_face(
                face.probe,
                found.picture,
                options,
                subjects=_subjects(face, found.thresholds, exact=exact, others=others)[: options.prediction_count],
                **(_extras(face, found.thresholds) if options.extras else {}),
            )
            for face in found.faces
        ]
        return Response(told_result(told, options, found.engine))


class DetectView(DialectPictureView):
    @described(
        "detect",
        "Find the faces in a picture",
        "Nothing is kept. Needs the scope `recognise`.",
        parameters=PICTURE_OPTIONS,
        body=PICTURE,
        answers={200: CompreFaceDetectionSerializer},
    )
    def post(self, request: Request) -> Response:
        options = self.asked(request)
        probes, engine = _looked(picture(request), options, encode=options.wants_embedding)
        return Response(told_result((told_face(probe, probes, options) for probe in probes.found), options, engine))


class VerifyFaceView(DialectPictureView):
    """Compares every face of the picture with one enrolled photo."""

    @described(
        "verify_face",
        "Compare the faces in a picture with a face example",
        f"Nothing is kept. {COARSE}",
        parameters=[IMAGE_ID, *PICTURE_OPTIONS],
        body=PICTURE,
        answers={200: CompreFaceFaceVerificationSerializer},
    )
    def post(self, request: Request, image_id: str) -> Response:
        options = self.asked(request)
        photo = example(image_id, request.user)
        note(request, photo)
        probes, engine = _looked(picture(request), options)
        enrolled = encoding_of(photo, engine)
        if enrolled is None:
            raise no_such_image(image_id)
        exact = reads_exact_distances(request.user)

        def apart(vector: Vector) -> float:
            return distance_to_person(vector, enrolled, photo.person_id, engine)

        told = _compared(apart, probes, options, pair_thresholds(engine), exact=exact)
        return Response(told_result(told, options, engine))


class DialectVerifyView(DialectPictureView):
    """Compares the one face of the source with every face of the target."""

    @described(
        "verify",
        "Compare the face in a picture with the faces in another",
        f"Nothing is kept. {COARSE}",
        parameters=PICTURE_OPTIONS,
        body=form_or_json(CompreFaceTwoPicturesSerializer, CompreFaceTwoPicturesTextSerializer),
        answers={200: CompreFacePictureVerificationSerializer},
    )
    def post(self, request: Request) -> Response:
        options = self.asked(request)
        sources, engine = _looked(picture(request, "source_image"), options)
        if len(meant([probe.face for probe in sources.found])) > 1:
            raise bad_picture("several_faces")
        source = sources.found[0]
        targets, other_engine = _looked(picture(request, "target_image"), options)
        if other_engine != engine:  # somebody switched the engine between the two pictures
            raise Busy
        assert source.vector is not None  # _looked encodes by default
        apart = partial(distance, source.vector)
        exact = reads_exact_distances(request.user)
        matches = _compared(apart, targets, options, pair_thresholds(engine), exact=exact)
        answer: dict[str, Any] = {
            "result": [{"source_image_face": told_face(source, sources, options), "face_matches": matches}]
        }
        if options.status:
            names = {name: version for name, version in versions(engine).items() if name != "landmarks"}
            answer["plugins_versions"] = {"source_image": names, "target_image": names}
            answer["execution_time"] = {"source_image": times(sources), "target_image": times(targets)}
        return Response(answer)


def _looked(data: bytes, options: Options, *, encode: bool = True) -> tuple[Probes, str]:
    """Returns the faces of a picture and the engine.

    Raises BadPicture "no_face" if there is none: CompreFace has no empty answer.
    """
    probes, engine = look(
        data,
        most=options.limit,
        lowest_score=options.lowest_score,
        encode=encode,
        smallest_px=options.smallest_px,
    )
    if not probes.found:
        raise bad_picture("no_face")
    return probes, engine


def _compared(
    apart: Callable[[Vector], float], probes: Probes, options: Options, thresholds: Thresholds, *, exact: bool
) -> list[dict[str, Any]]:
    """Returns the faces with their similarity, most similar first; `apart` gives the distance of one."""
    told = [
        told_face(
            probe,
            probes,
            options,
            similarity=told_similarity(apart(probe.vector), thresholds, exact=exact),
        )
        for probe in probes.found
        if probe.vector is not None
    ]
    return sorted(told, key=lambda face: face["similarity"], reverse=True)


def _subjects(face: Recognised, thresholds: Thresholds, *, exact: bool, others: list[str]) -> list[dict[str, Any]]:
    """Returns names with their similarity, most similar first, and after them `others`, who are not alike at all.

    CompreFace always names somebody, and clients take the first name without looking whether there is one. Without
    exact distances nobody but `others` is left for a stranger: always the same, whoever the stranger is.
    """
    nearest: dict[str, float] = {}
    for each in face.candidates:
        nearest.setdefault(each.person.name, each.distance)
    for name in others:
        nearest.setdefault(name, FARTHEST)
    return [
        {"subject": name, "similarity": told_similarity(apart, thresholds, exact=exact)}
        for name, apart in nearest.items()
    ]


def _extras(face: Recognised, thresholds: Thresholds) -> dict[str, Any]:
    return {
        "verdict": face.verdict.value,
        "is_match": face.verdict.value == "match",
        "threshold": thresholds.match,
        "distance": round(face.match.distance, 5) if isfinite(face.match.distance) else None,
        "margin": round(face.match.margin, 5) if face.match.runner_up else None,
        "person_id": face.match.person,
    }
