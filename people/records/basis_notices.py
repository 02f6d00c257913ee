"""Which people somebody should look at because of their basis: it lacks, ends soon, was withdrawn or asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from people.records.basis import SOON, Basis, BasisQuerySet
from people.records.enrolment_link import EnrolmentLink
from people.records.person import PersonQuerySet


def lacking_basis(people: PersonQuerySet) -> PersonQuerySet:
    """Active people without a valid basis, other than those who are never matched."""
    return people.nameable().exclude(_has(Basis.objects.valid()))


def basis_ends_soon(people: PersonQuerySet) -> PersonQuerySet:
    """Active people with a valid basis of whom none lasts for 30 days from now."""
    lasting = Basis.objects.valid().filter(Q(valid_until=None) | Q(valid_until__gt=Now() + SOON))
    return people.nameable().filter(_has(Basis.objects.valid())).exclude(_has(lasting))


def was_asked(people: PersonQuerySet) -> PersonQuerySet:
    """Those who lack a basis and have a link by which they can agree, or have answered by it and wait for approval."""
    return lacking_basis(people).filter(_is_asked())


def was_not_asked(people: PersonQuerySet) -> PersonQuerySet:
    """Those who lack a basis, and nobody waits for their answer by a link."""
    return lacking_basis(people).exclude(_is_asked())


def basis_withdrawn(people: PersonQuerySet) -> PersonQuerySet:
    """People of whom a basis was withdrawn and no other one is valid."""
    return people.filter(_has(Basis.objects.withdrawn())).exclude(_has(Basis.objects.valid()))


def _is_asked() -> Exists:
    return Exists(EnrolmentLink.objects.waiting().filter(person=OuterRef("pk")))


def _has(bases: BasisQuerySet) -> Exists:
    return Exists(bases.filter(person=OuterRef("pk")))


NOTICES: dict[str, Callable[[PersonQuerySet], PersonQuerySet]] = {
    "lacking": lacking_basis,
    "ends_soon": basis_ends_soon,
    "withdrawn": basis_withdrawn,
    "asked": was_asked,
    "not_asked": was_not_asked,
}
"""The notices by their names in addresses."""
