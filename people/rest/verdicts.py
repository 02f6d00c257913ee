"""The verdicts as choices of a serializer's field."""

from people.recognition.types import Verdict

VERDICTS = [(Verdict.MATCH.value, "certain"), (Verdict.REVIEW.value, "likely"), (Verdict.UNKNOWN.value, "unknown")]
"""The same words as for sightings, so that the schema has one type for both."""
