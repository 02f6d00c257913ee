"""The verdicts as choices of a serializer's field."""

from people.recognition.types import Verdict

VERDICTS = [(Verdict.MATCH.value, "known"), (Verdict.REVIEW.value, "to review"), (Verdict.UNKNOWN.value, "unknown")]
"""The same words as for sightings, so that the schema has one type for both."""
