"""CompreFace's calls on embeddings that the client has kept itself; they answer exactly.

Who chooses the vectors finds a template with as many of them as it has numbers, so these calls want the scope for
reading encodings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np
from rest_framework.request import Request
from rest_framework.response import Response

from people.accounts.distances import EXACT
from people.audit.noting import note
from people.dialect import refusals
from people.dialect.answers import CompreFaceNamedEmbeddingsSerializer, CompreFaceSimilarEmbeddingsSerializer
from people.dialect.base import DialectView
from people.dialect.bodies import CompreFaceEmbeddingPairsSerializer, CompreFaceEmbeddingsSerializer
from people.dialect.described import IMAGE_ID, PREDICTION_COUNT, described
from people.dialect.faces import example
from people.dialect.options import MOST, candidates, parameters
from people.dialect.refusals import DialectRefusal, invalid, no_such_image
from people.dialect.similarity import similarity
from people.gallery.engines import usable_engine
from people.gallery.in_use import gallery_in_use
from people.recognising.uploaded import distance_to_person, encoding_of, pair_thresholds, thresholds_for
from people.recognition.engine.kinds import width_of
from people.recognition.gallery.ranking import distance, nearest_people
from people.recognition.types import Vector
from people.records.groups import person_limits
from people.records.person import Person
from people.rest.permissions import RightsTable

RIGHTS: RightsTable = {"POST": ("people.recognise", EXACT)}
NEEDED = "Needs the scopes `recognise` and `read_encodings`."


class RecognizeEmbeddingsView(DialectView):
    rights: ClassVar[RightsTable] = RIGHTS

    @described(
        "embeddings_recognize",
        "Name the subjects most similar to embeddings",
        f"For clients that keep embeddings themselves. {NEEDED}",
        parameters=[PREDICTION_COUNT],
        body={"application/json": CompreFaceEmbeddingsSerializer},
        answers={200: CompreFaceNamedEmbeddingsSerializer},
    )
    def post(self, request: Request) -> Response:
        sent = _listed(request, "embeddings")
        count = candidates(parameters(request), rows=len(sent), of="embeddings")
        engine = usable_engine()
        gallery, thresholds = gallery_in_use.get(engine, within=person_limits(request.user)), thresholds_for(engine)
        ranked = [nearest_people(gallery, _vector(embedding, gallery.width), count) for embedding in sent]
        named = Person.objects.matchable().in_bulk({key for ranking in ranked for key, _ in ranking})
        note(request, person=named)
        known = {str(key): person.name for key, person in named.items()}
        result = [
            {
                "embedding": embedding,
                "similarities": [
                    {"subject": known[key], "similarity": similarity(apart, thresholds)}
                    for key, apart in ranking
                    if key in known
                ],
            }
            for embedding, ranking in zip(sent, ranked, strict=True)
        ]
        return Response({"result": result})


class VerifyFaceEmbeddingsView(DialectView):
    rights: ClassVar[RightsTable] = RIGHTS

    @described(
        "embeddings_verify_face",
        "Compare embeddings with a face example",
        NEEDED,
        parameters=[IMAGE_ID],
        body={"application/json": CompreFaceEmbeddingsSerializer},
        answers={200: CompreFaceSimilarEmbeddingsSerializer},
    )
    def post(self, request: Request, image_id: str) -> Response:
        engine, photo = usable_engine(), example(image_id, request.user)
        note(request, photo)
        enrolled = encoding_of(photo, engine)
        if enrolled is None:
            raise no_such_image(image_id)

        def apart(vector: Vector) -> float:
            return distance_to_person(vector, enrolled, photo.person_id, engine)

        return Response({"result": _compared(apart, _listed(request, "embeddings"), engine)})


class VerifyEmbeddingsView(DialectView):
    rights: ClassVar[RightsTable] = RIGHTS

    @described(
        "embeddings_verify",
        "Compare embeddings with another one",
        NEEDED,
        body={"application/json": CompreFaceEmbeddingPairsSerializer},
        answers={200: CompreFaceSimilarEmbeddingsSerializer},
    )
    def post(self, request: Request) -> Response:
        engine = usable_engine()
        source = _vector(_body(request).get("source"), width_of(engine))
        return Response({"result": _compared(partial(distance, source), _listed(request, "targets"), engine)})


def _compared(apart: Callable[[Vector], float], others: list[Any], engine: str) -> list[dict[str, Any]]:
    """Returns `others` with their similarity, most similar first; `apart` gives the distance of one."""
    thresholds, width = pair_thresholds(engine), width_of(engine)
    told = [
        {"embedding": other, "similarity": similarity(apart(_vector(other, width)), thresholds)} for other in others
    ]
    return sorted(told, key=lambda each: each["similarity"], reverse=True)


def _body(request: Request) -> dict[str, Any]:
    if not isinstance(request.data, dict):
        raise invalid("The body should be a JSON object")
    return request.data


def _listed(request: Request, name: str) -> list[Any]:
    sent = _body(request).get(name)
    if not isinstance(sent, list) or not 0 < len(sent) <= MOST:
        raise invalid(f"'{name}' should be a list of 1 to {MOST} embeddings")
    return sent


def _vector(embedding: object, width: int) -> Vector:
    """Returns the embedding at unit length. Raises DialectRefusal unless it is `width` finite numbers, not all zero."""
    if not isinstance(embedding, list) or len(embedding) != width:
        raise DialectRefusal(refusals.WRONG_EMBEDDING, f"An embedding should have {width} numbers")
    if not all(isinstance(number, int | float) and abs(number) < 1e6 for number in embedding):
        raise DialectRefusal(refusals.WRONG_EMBEDDING, "An embedding should have finite numbers only")
    vector = np.array(embedding, np.float32)
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        raise DialectRefusal(refusals.WRONG_EMBEDDING, "An embedding should not be all zero")
    return np.asarray(vector / length, np.float32)
