"""Flavors, service profiles, and which flavor has which profile. Source: neutron, db/flavors_db.py."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from weft.commands.changes import changed_fields
from weft.commands.context import Context
from weft.commands.l3.errors import FlavorNotFound
from weft.commands.services.errors import (
    FlavorInUse,
    FlavorServiceProfileBindingExists,
    FlavorServiceProfileBindingNotFound,
    InvalidServiceType,
    ServiceProfileDriverNotFound,
    ServiceProfileEmpty,
    ServiceProfileInUse,
    ServiceProfileNotFound,
)
from weft.commands.services.providers import PROVIDERS, SERVICE_TYPES
from weft.store.kinds.services import FLAVOR, FLAVOR_PROFILE, SERVICE_PROFILE
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write, Writes


class CreateFlavor(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    service_type: str
    name: str = ""
    description: str | None = ""
    enabled: bool | None = True
    service_profiles: list[str] = []  # ignored, as in Neutron


class UpdateFlavor(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    enabled: bool | UnsetType | None = UNSET
    service_profiles: list[str] | UnsetType = UNSET  # ignored, as in Neutron


class CreateServiceProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request."""

    description: str | None = ""
    driver: str = ""
    metainfo: str = ""
    enabled: bool | None = True


class UpdateServiceProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A validated change. UNSET: leave alone."""

    description: str | UnsetType | None = UNSET
    driver: str | UnsetType = UNSET
    metainfo: str | UnsetType = UNSET
    enabled: bool | UnsetType | None = UNSET


class AddProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A validated request to give a flavor a profile."""

    flavor_id: str
    service_profile_id: str


# ---- flavors
def create_flavors(state: State, requests: Sequence[CreateFlavor], context: Context) -> Writes:
    """Return the writes that create all of `requests`. Raises InvalidServiceType."""
    writes = []
    for request in requests:
        if request.service_type not in SERVICE_TYPES:
            raise InvalidServiceType(request.service_type)
        values = {
            "name": request.name,
            "description": request.description,
            "service_type": request.service_type,
            "enabled": request.enabled is not False,
        }
        writes.append(Write(Key("fabric", FLAVOR.name, context.new_id()), values, create=True))
    return Writes(tuple(writes), actor=context.actor, verb="create flavor")


def update_flavor(state: State, flavor_id: str, request: UpdateFlavor, context: Context) -> Writes:
    """Return the write that changes what differs. Raises FlavorNotFound."""
    flavor = _existing_flavor(state, flavor_id)
    return _changing(flavor, changed_fields(flavor, request), context)


def delete_flavor(state: State, flavor_id: str, context: Context) -> Writes:
    """Return the writes that delete the flavor and that it has profiles. Raises FlavorNotFound, FlavorInUse."""
    flavor = _existing_flavor(state, flavor_id)
    if state.lookup("router", "flavor_id", flavor_id):
        raise FlavorInUse(flavor_id)
    bindings = state.referrers(FLAVOR.name, flavor_id, FLAVOR_PROFILE.name)
    writes = [Write(record.key, {DELETED: True}) for record in (*bindings, flavor)]
    return Writes(tuple(writes), actor=context.actor, verb="delete flavor")


# ---- service profiles
def create_profiles(state: State, requests: Sequence[CreateServiceProfile], context: Context) -> Writes:
    """Return the writes that create all of `requests`. Raises ServiceProfileDriverNotFound, ServiceProfileEmpty."""
    writes = []
    for request in requests:
        if request.driver:
            _check_driver(request.driver)
        elif not request.metainfo:
            raise ServiceProfileEmpty
        values = {**msgspec.structs.asdict(request), "enabled": request.enabled is not False}
        writes.append(Write(Key("fabric", SERVICE_PROFILE.name, context.new_id()), values, create=True))
    return Writes(tuple(writes), actor=context.actor, verb="create service profile")


def update_profile(state: State, profile_id: str, request: UpdateServiceProfile, context: Context) -> Writes:
    """Return the write that changes what differs.

    Raises ServiceProfileNotFound, ServiceProfileDriverNotFound, ServiceProfileInUse.
    """
    if isinstance(request.driver, str) and request.driver:
        _check_driver(request.driver)
    profile = _unused_profile(state, profile_id)
    return _changing(profile, changed_fields(profile, request), context)


def delete_profile(state: State, profile_id: str, context: Context) -> Writes:
    """Return the write that deletes the profile. Raises ServiceProfileNotFound, ServiceProfileInUse."""
    profile = _unused_profile(state, profile_id)
    return Writes((Write(profile.key, {DELETED: True}),), actor=context.actor, verb="delete service profile")


# ---- a flavor's profiles
def add_profiles(state: State, requests: Sequence[AddProfile], context: Context) -> Writes:
    """Return the writes that give flavors profiles. Raises FlavorServiceProfileBindingExists and NotFound of either."""
    writes = []
    for request in requests:
        flavor_id, profile_id = request.flavor_id, request.service_profile_id
        if find_binding(state, profile_id, flavor_id) is not None:
            raise FlavorServiceProfileBindingExists(profile_id, flavor_id)
        _existing_flavor(state, flavor_id)
        if state.get(SERVICE_PROFILE.name, profile_id) is None:
            raise ServiceProfileNotFound(profile_id)
        # It may have been so before: the ID is that of its content.
        values = {"flavor_id": flavor_id, "service_profile_id": profile_id, DELETED: False}
        writes.append(Write(Key("fabric", FLAVOR_PROFILE.name, _binding_id(profile_id, flavor_id)), values))
    return Writes(tuple(writes), actor=context.actor, verb="add service profile")


def remove_profile(state: State, binding_id: str, context: Context) -> Writes:
    """Return the write that takes a profile from a flavor; nothing if that was done meanwhile."""
    binding = state.get(FLAVOR_PROFILE.name, binding_id)
    writes = (Write(binding.key, {DELETED: True}),) if binding is not None else ()
    return Writes(writes, actor=context.actor, verb="remove service profile")


def find_binding(state: State, profile_id: str, flavor_id: str) -> Record | None:
    """Return the record that says that a flavor has a profile."""
    return state.get(FLAVOR_PROFILE.name, _binding_id(profile_id, flavor_id))


def existing_binding(state: State, profile_id: str, flavor_id: str) -> Record:
    """Return the same. Raises FlavorServiceProfileBindingNotFound."""
    binding = find_binding(state, profile_id, flavor_id)
    if binding is None:
        raise FlavorServiceProfileBindingNotFound(profile_id, flavor_id)
    return binding


def _binding_id(profile_id: str, flavor_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"weft:flavor/{flavor_id}/{profile_id}"))


def _changing(record: Record, values: dict[str, Any], context: Context) -> Writes:
    values.pop("service_profiles", None)
    if values.get("enabled", True) is None:
        del values["enabled"]  # null is "leave it", as in Neutron
    writes = (Write(record.key, values),) if values else ()
    return Writes(writes, actor=context.actor, verb=f"update {record.key.kind.replace('_', ' ')}")


def _check_driver(driver: str) -> None:
    if all(provider.driver != driver for provider in PROVIDERS):
        raise ServiceProfileDriverNotFound(driver)


def _existing_flavor(state: State, flavor_id: str) -> Record:
    flavor = state.get(FLAVOR.name, flavor_id)
    if flavor is None:
        raise FlavorNotFound(flavor_id)
    return flavor


def _unused_profile(state: State, profile_id: str) -> Record:
    if state.referrers(SERVICE_PROFILE.name, profile_id, FLAVOR_PROFILE.name):
        raise ServiceProfileInUse(profile_id)
    profile = state.get(SERVICE_PROFILE.name, profile_id)
    if profile is None:
        raise ServiceProfileNotFound(profile_id)
    return profile
