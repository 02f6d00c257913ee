"""The admin's menu goes by job, and offers each user what they may see."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client

from facesite.admin.menu import JOBS, LIST_NAMES, PageEntry
from people.records.groups import PersonGroup, PersonLimit
from streams.records.groups import CameraGroup, CameraLimit

JOB_NAMES = ["People", "Privacy", "Cameras", "Alerts", "Access", "System"]


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff(role: str) -> User:
    user = User.objects.create_user(f"{role} of the test", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def offered(client: Client, path: str = "/admin/") -> dict[str, list[str]]:
    """The menu as it is shown: names of links by job."""
    jobs = client.get(path).context["jobs"]
    return {job.name: [link.name for link in job.links] for job in jobs}


def test_every_list_of_the_admin_has_a_place_and_a_plain_name() -> None:
    registered = {f"{model._meta.app_label}.{model._meta.object_name}" for model in admin.site._registry}
    assert registered == set(LIST_NAMES)


def test_whoever_may_everything_is_offered_everything(operator: User) -> None:
    everything = {job: [entry.name for entry in entries] for job, entries in JOBS}
    assert offered(logged_in(operator)) == everything
    assert list(everything) == JOB_NAMES


@pytest.mark.parametrize(
    ("role", "jobs", "without"),
    [
        ("enroller", {"People", "Privacy"}, {"Groups of people", "Users", "Channels", "Calibration"}),
        ("operator", {"People", "Cameras", "Alerts", "System", "Access"}, {"Users", "Channels", "Calibration"}),
        ("auditor", set(JOB_NAMES), {"API tokens"}),
        ("administrator", set(JOB_NAMES), {"API tokens"}),
    ],
)
def test_a_role_is_offered_what_it_may_see(db: None, role: str, jobs: set[str], without: set[str]) -> None:
    shown = offered(logged_in(staff(role)))
    assert set(shown) == jobs
    assert not without & {name for names in shown.values() for name in names}


def test_every_offered_page_answers(operator: User) -> None:
    client = logged_in(operator)
    for job in client.get("/admin/").context["jobs"]:
        for link in job.links:
            assert client.get(link.url, follow=True).status_code == 200, link


def test_a_page_about_everybody_is_not_offered_to_the_limited(db: None) -> None:
    chief = staff("administrator")
    assert "Calibration" in offered(logged_in(chief))["System"]
    PersonLimit.objects.create(user=chief, group=PersonGroup.objects.create(name="Staff"))
    assert "Calibration" not in offered(logged_in(chief)).get("System", [])
    assert "Erasures" not in offered(logged_in(chief)).get("Privacy", [])
    assert all(entry.rights for _job, entries in JOBS for entry in entries if isinstance(entry, PageEntry))


def test_what_is_about_everything_is_not_offered_to_whoever_sees_only_some_cameras(db: None) -> None:
    chief = staff("administrator")
    assert {"Erasures", "Who looked"} <= set(offered(logged_in(chief))["Privacy"])
    CameraLimit.objects.create(user=chief, group=CameraGroup.objects.create(name="Yard"))
    assert not {"Erasures", "Who looked"} & set(offered(logged_in(chief))["Privacy"])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/admin/people/person/", "People"),
        ("/admin/people/person/add/", "People"),
        ("/admin/people/decisionthresholds/", "Thresholds"),
        ("/admin/people/decisionthresholds/calibrate/", "Calibration"),
        ("/admin/streams/camera/liveness/", "Hint at held pictures"),
    ],
)
def test_the_menu_is_on_every_page_and_shows_where_one_is(operator: User, path: str, name: str) -> None:
    jobs = logged_in(operator).get(path).context["jobs"]
    assert [link.name for job in jobs for link in job.links if link.is_here] == [name]


def test_lists_are_called_as_the_menu_calls_them(operator: User) -> None:
    client = logged_in(operator)
    for path, name in (("admin/logentry", "Who did what"), ("people/enginechoice", "Engines"), ("auth/group", "Roles")):
        page = client.get(f"/admin/{path}/").content.decode()
        assert f"<h1>{name}</h1>" in page and f"<title>{name} – facesite</title>" in page
