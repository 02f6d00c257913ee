"""The distances of each engine that decide something: engines spread faces differently, so each has its own.

They are Euclidean, between unit vectors, 0 to 2. docs/accuracy.md says where each comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

from people.recognition.types import Thresholds


@dataclass(frozen=True, slots=True)
class StrangerDistances:
    """How near two means of unknown faces lie that are one stranger (people/recognition/strangers)."""

    sure: float
    """Up to this a sighting is joined at once, whoever else there is."""
    near: float
    """The limit of the second look, which compares with the crowd, among many strangers."""
    nearer_by: float
    """By how much `near` is wider among few strangers: the fewer there are, the farther is the nearest by chance."""
    spread: float
    """What counts as much as one deviation of the crowd."""
    rank: float
    """Deviations from the crowd at which a distance of `near` still counts: nearer than the nearest by chance."""
    offered: float
    """Up to this a person is asked whether two strangers are one."""


@dataclass(frozen=True, slots=True)
class Distances:
    """What is near and what is far in one engine's encodings."""

    thresholds: Thresholds
    """A face and a person's template."""
    pair: float
    """Up to this two photos show one person; two single photos vary more than a photo and a template do."""
    own: float
    """From a photo to the template of the person's other photos; beyond it somebody is asked. dlib's were at most 0.344
    on 81 photos of 17 people, and to somebody else's from 0.373 on."""
    loosest: float
    """Above this a calibration suggests nothing: the engine is known to name strangers there. dlib's is its usual 0.6
    on unit vectors, which named 11 % of strangers among 14 people."""
    one_person: float
    """Templates this near are taken for one person enrolled twice, or for twins. Of dlib's, halves of one person's
    photos lie 0.11 apart (median; at most 0.19 in 95 of 100), the nearest two of 17 people 0.378."""
    near_duplicate: float
    """Up to this two photos are copies of one picture (saved at JPEG quality 85 or 50, cropped by 6 %, enlarged by
    half). Of dlib's, copies lie at most 0.066 apart, different moments of one sitting at least 0.087."""
    alike: float
    """Photos of a person that lie nearer than this on average are of one sitting. Of dlib's, those of different days
    lie 0.15 to 0.33 apart on average, those of one sitting from 0.09."""
    same_face: float
    """On video: means of two sightings this near are one face that went out of sight for seconds. This is not the
    site's threshold. That one chooses among everybody enrolled; this one chooses between one face and another that took
    its place in front of the same camera."""
    same_in_doubt: float
    """On video: up to this an encoding still belongs to a sighting whose face may have become somebody else's."""
    other_face: float
    """On video: beyond this from the mean an encoding comes from a bad frame or another person."""
    furthest: float
    """The largest distance to search sightings within: farther away lies half of all people (median of 80 photos of 17
    people: dlib's 0.583, fused 0.863)."""
    ballot_slack: float
    """On video: how far beyond the review threshold one frame's vote may lie."""
    stranger: StrangerDistances
    counter_slack: float
    """A person counts for a face only if it is farther from each counter-example than from the person by more than
    this. Fused, none of 115 rejected names came back at 0.05, and none of 730 right ones was lost; dlib tells the two
    less well apart, so it is a compromise there."""

    @property
    def furthest_match(self) -> float:
        """Returns the largest match distance that a site may choose: half of all people are that near."""
        return round(self.loosest / 0.7, 2)

    @property
    def pair_allowance(self) -> float:
        """Returns how much further two photos of one person may lie apart than a photo and a template."""
        return self.pair - self.thresholds.match


DLIB = Distances(
    thresholds=Thresholds(match=0.31, review=0.36),
    pair=0.40,
    own=0.38,
    loosest=0.42,
    one_person=0.25,
    near_duplicate=0.07,
    alike=0.14,
    same_face=0.34,
    same_in_doubt=0.39,
    other_face=0.44,
    furthest=0.60,
    ballot_slack=0.08,
    stranger=StrangerDistances(sure=0.28, near=0.31, nearer_by=0.05, spread=0.03, rank=-7.0, offered=0.40),
    counter_slack=0.04,
)
FUSED = Distances(
    thresholds=Thresholds(match=0.61, review=0.66),
    pair=0.70,
    own=0.60,
    loosest=0.72,
    one_person=0.50,
    near_duplicate=0.17,
    alike=0.32,
    same_face=0.64,
    same_in_doubt=0.70,
    other_face=0.78,
    furthest=0.88,
    ballot_slack=0.10,
    stranger=StrangerDistances(sure=0.57, near=0.62, nearer_by=0.0, spread=0.05, rank=-8.5, offered=0.72),
    counter_slack=0.05,
)
