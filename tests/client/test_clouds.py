"""Which cloud is found, from what lies around."""

import os
from pathlib import Path

import pytest

from weft.client import NoCloud, find_cloud

CLOUDS = """\
clouds:
  first:
    auth: {auth_url: http://198.18.1.1:9696/identity/v3, username: admin, password: top-secret, project_name: admin}
  second:
    auth:
      auth_url: http://198.18.2.1:9696/identity/v3
      username: demo
      password: "1234"
      project_name: demo
      user_domain_name: Default
"""
ENVIRON = {
    "OS_AUTH_URL": "http://198.18.9.1:9696/identity/v3",
    "OS_USERNAME": "u",
    "OS_PASSWORD": "p",
    "OS_PROJECT_NAME": "j",
    "OS_REGION_NAME": "RegionOne",
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


def write(path: Path, text: str = CLOUDS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(here: Path, name: str | None = None, **environ: str) -> str:
    return find_cloud(name, environ, here, here / "home").auth_url


def test_the_lab_of_this_folder_is_found_and_said_to_be_a_guess(here: Path):
    write(here / "var/lab/clouds.yaml")
    cloud = find_cloud(None, {}, here, here / "home")
    assert (cloud.name, cloud.guessed) == ("first", True)


@pytest.mark.parametrize("place", ["clouds.yaml", "home/.config/openstack/clouds.yaml", "var/lab/clouds.yaml"])
def test_a_named_cloud_is_found_wherever_the_stock_clients_look(here: Path, place: str):
    write(here / place)
    assert found(here, "second") == found(here, OS_CLOUD="second") == "http://198.18.2.1:9696/identity/v3"


def test_variables_win_over_a_cloud_nobody_named(here: Path):
    write(here / "var/lab/clouds.yaml")
    assert found(here, **ENVIRON) == "http://198.18.9.1:9696/identity/v3"
    assert found(here, "first", **ENVIRON) == "http://198.18.1.1:9696/identity/v3"


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        (CLOUDS, "third", "no cloud 'third'"),
        ("clouds: [", "first", "clouds.yaml"),
        ("clouds: 7", "first", "no mapping"),
        ("clouds: {}", None, "lists no clouds"),
        ("clouds: {first: 7}", "first", "no `auth`"),
        ("clouds: {first: {auth: {auth_url: x}}}", "first", "username"),
        ("clouds: {first: {auth: {auth_url: x, username: 7, password: p, project_name: j}}}", "first", "username"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(here: Path, text: str, name: str | None, says: str):
    write(here / "clouds.yaml", text)
    with pytest.raises(NoCloud, match=says):
        found(here, name)


def test_nothing_found_says_what_to_do(here: Path):
    with pytest.raises(NoCloud) as caught:
        found(here)
    assert caught.value.hint is not None
    assert "weft lab up" in caught.value.hint


def test_no_password_in_a_traceback(here: Path):
    write(here / "clouds.yaml")
    assert "top-secret" not in repr(find_cloud("first", dict(os.environ), here, here))
