"""Regions, services and endpoints that an operator adds to those that follow from the sites."""

from typing import Any

from weft.commands.identity.ask import Ask, changes
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import NoSuchThing, require
from weft.commands.identity.names import DuplicateName
from weft.model import Denied, Invalid
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes


class BadEndpoint(Invalid):
    """It belongs to a service, or lies in a region, that nobody knows."""

    code = "bad_endpoint"


class RegionInUse(Denied):
    """Endpoints lie in it, or in one below it."""

    code = "region_in_use"


class BadRegion(Invalid):
    """It would lie in itself."""

    code = "bad_region"


def create_region(ask: Ask, state: State) -> Writes:
    """Make a region under the ID that the operator chose. Raises DuplicateName and NoSuchThing (the parent)."""
    if state.get("region", ask.id) is not None:
        raise DuplicateName("region", f"Duplicate ID, {ask.id}.")
    _require_parent(ask, state)
    values: dict[str, Any] = {"description": "", "parent_region_id": None, **ask.values, DELETED: False}
    return Writes((Write(Key("fabric", "region", ask.id), values),), actor=ask.actor, verb="create region")


def update_region(ask: Ask, state: State) -> Writes:
    """Set some fields. Raises NoSuchThing and BadRegion."""
    region = require(state, "region", ask.id)
    _require_parent(ask, state)
    return Writes((Write(region.key, changes(region, ask)),), actor=ask.actor, verb="update region")


def delete_region(ask: Ask, state: State) -> Writes:
    """Delete it with the regions below. Raises NoSuchThing and RegionInUse."""
    regions = [require(state, "region", ask.id).key]
    for key in regions:  # grows while we walk
        regions += [
            each.key
            for each in state.of_kind("region")
            if each.get("parent_region_id") == key.id and each.key not in regions
        ]
    ids = {key.id for key in regions}
    if any(each.get("region_id") in ids for each in state.of_kind("endpoint")):
        raise RegionInUse(
            f"Unable to delete region {ask.id} because it or its child regions have associated endpoints."
        )
    return Writes(tuple(Write(key, {DELETED: True}) for key in regions), actor=ask.actor, verb="delete region")


def create_service(ask: Ask, state: State) -> Writes:
    """Make a service; several may have one type, as in Keystone."""
    values: dict[str, Any] = {"enabled": True, **ask.values}
    write = Write(Key("fabric", "service", ask.id), values, create=True)
    return Writes((write,), actor=ask.actor, verb="create service")


def update_service(ask: Ask, state: State) -> Writes:
    """Set some fields. Raises NoSuchThing."""
    service = require(state, "service", ask.id)
    return Writes((Write(service.key, changes(service, ask)),), actor=ask.actor, verb="update service")


def delete_service(ask: Ask, state: State) -> Writes:
    """Delete it with its endpoints. Raises NoSuchThing."""
    return Writes(deletes(state, require(state, "service", ask.id)), actor=ask.actor, verb="delete service")


def create_endpoint(ask: Ask, state: State) -> Writes:
    """Make an endpoint of an operator's service; `region` names a region to make with it. Raises BadEndpoint."""
    _require_service(ask, state)
    values: dict[str, Any] = {"enabled": True, "region_id": None, **ask.values}
    write = Write(Key("fabric", "endpoint", ask.id), values, create=True)
    return Writes((*_region_writes(values), write), actor=ask.actor, verb="create endpoint")


def update_endpoint(ask: Ask, state: State) -> Writes:
    """Set some fields. Raises NoSuchThing and BadEndpoint."""
    endpoint = require(state, "endpoint", ask.id)
    _require_service(ask, state)
    values = changes(endpoint, ask)
    made = _region_writes(values)
    return Writes((*made, Write(endpoint.key, values)), actor=ask.actor, verb="update endpoint")


def delete_endpoint(ask: Ask, state: State) -> Writes:
    """Delete it with what says whose and how it is. Raises NoSuchThing."""
    return Writes(deletes(state, require(state, "endpoint", ask.id)), actor=ask.actor, verb="delete endpoint")


def _region_writes(values: dict[str, Any]) -> tuple[Write, ...]:
    region = values.pop("region", None)
    made = {"description": "", "parent_region_id": None, DELETED: False}
    return (Write(Key("fabric", "region", region), made),) if region else ()


def _require_service(ask: Ask, state: State) -> None:
    if "service_id" in ask.values and state.get("service", ask.values["service_id"]) is None:
        raise BadEndpoint(
            "Expecting to find endpoint service_id in service table. The server could not comply with the request "
            "since it is either malformed or otherwise incorrect. The client is assumed to be in error."
        )


def _require_parent(ask: Ask, state: State) -> None:
    above, seen = ask.values.get("parent_region_id"), {ask.id}
    while above is not None:
        if above in seen:
            told = ask.values["parent_region_id"]
            raise BadRegion(f"The specified parent region {told} would create a circular region hierarchy.")
        seen.add(above)
        parent = state.get("region", above)
        if parent is None and len(seen) == 2:
            raise NoSuchThing("region", above)
        above = parent.get("parent_region_id") if parent is not None else None
