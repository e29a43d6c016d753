"""Which cloud to talk to, found as the stock clients find it: clouds.yaml, or OS_* variables.

Order: a cloud named by the caller or by OS_CLOUD; OS_AUTH_URL and its like; the only, or first administrator's,
cloud of a lab in this folder. Files, first found wins: OS_CLIENT_CONFIG_FILE, ./clouds.yaml,
~/.config/openstack/clouds.yaml, /etc/openstack/clouds.yaml, and last ./var/lab/clouds.yaml.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from weft.model import Invalid

DEFAULT_DOMAIN = "default"


class NoCloud(Invalid):
    """Nothing says which cloud to talk to, or what it says cannot be used."""

    code = "no_cloud"


class Cloud(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cloud's Keystone is, and who we are there."""

    name: str
    auth_url: str  # ".../identity/v3", or a Keystone's of one's own
    username: str
    password: str
    project_name: str
    user_domain_id: str | None = None
    user_domain_name: str | None = None
    project_domain_id: str | None = None
    project_domain_name: str | None = None
    region_name: str | None = None  # which site, where the Keystone is not a site's own
    guessed: bool = False  # nobody named it: it is the lab's, which lies here

    def __repr__(self) -> str:
        return f"Cloud({self.name!r}, {self.auth_url!r}, {self.username!r})"  # no password in a traceback


def find_cloud(name: str | None, environ: Mapping[str, str], here: Path, home: Path) -> Cloud:
    """Return the cloud called `name`, or the one that `environ` and files point to. Raises NoCloud."""
    name = name or environ.get("OS_CLOUD")
    path = _config_file(environ, here, home)
    if name:
        return _named(name, path)
    if environ.get("OS_AUTH_URL"):
        return _from_environ(environ)
    if path is None:
        error = NoCloud("no cloud is named, and no clouds.yaml was found")
        error.hint = "give --os-cloud NAME, set OS_CLOUD, or bring up a lab here: `weft lab up`"
        raise error
    clouds = _read(path)
    first = next(iter(clouds), None)
    if first is None:
        raise NoCloud(f"{path}: lists no clouds")
    return _cloud(first, clouds[first], path, guessed=len(clouds) > 1)


def _config_file(environ: Mapping[str, str], here: Path, home: Path) -> Path | None:
    named = environ.get("OS_CLIENT_CONFIG_FILE")
    if named:
        return Path(named)
    places = (
        here / "clouds.yaml",
        home / ".config/openstack/clouds.yaml",
        Path("/etc/openstack/clouds.yaml"),
        here / environ.get("WEFT_VAR", "var") / "lab/clouds.yaml",
    )
    return next((place for place in places if place.is_file()), None)


def _named(name: str, path: Path | None) -> Cloud:
    if path is None:
        raise NoCloud(f"cloud {name}: no clouds.yaml was found")
    clouds = _read(path)
    if name not in clouds:
        error = NoCloud(f"{path}: has no cloud {name!r}")
        error.hint = f"it has {', '.join(clouds) or 'none'}"
        raise error
    return _cloud(name, clouds[name], path)


def _read(path: Path) -> dict[str, Any]:
    try:
        clouds = (yaml.safe_load(path.read_text()) or {}).get("clouds") or {}
    except (OSError, yaml.YAMLError, AttributeError, UnicodeDecodeError) as err:
        raise NoCloud(f"{path}: {err}") from err
    if not isinstance(clouds, dict):
        raise NoCloud(f"{path}: `clouds` is no mapping")
    return {str(name): settings for name, settings in clouds.items()}  # YAML reads `off` and `1` as other things


def _cloud(name: str, settings: Any, path: Path, *, guessed: bool = False) -> Cloud:
    auth = settings.get("auth") if isinstance(settings, dict) else None
    if not isinstance(auth, dict):
        raise NoCloud(f"{path}: cloud {name} has no `auth`")
    region = {"region_name": settings["region_name"]} if settings.get("region_name") else {}
    return _checked({**auth, **region, "name": name, "guessed": guessed}, f"{path}: cloud {name}")


def _from_environ(environ: Mapping[str, str]) -> Cloud:
    given = {key.removeprefix("OS_").lower(): value for key, value in environ.items() if key.startswith("OS_")}
    return _checked({**given, "name": "OS_AUTH_URL"}, "environment")


def _checked(settings: dict[str, Any], where: str) -> Cloud:
    try:
        return msgspec.convert(settings, Cloud)
    except msgspec.ValidationError as err:
        raise NoCloud(f"{where}: {err}") from err
