"""Identity providers, their protocols, mappings and service providers: kept under the names that operators give them.

Nobody logs in by them yet. Source: keystone, federation/core.py and federation/backends/sql.py.
"""

from typing import Any

import msgspec

from weft.commands.identity.ask import Ask
from weft.commands.identity.clearing import deletes
from weft.commands.identity.directory import require
from weft.commands.identity.domains import create_domain
from weft.commands.identity.joins import join_key
from weft.commands.identity.names import DuplicateName
from weft.model import Invalid
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes

IDP, PROTOCOL, MAPPING, SERVICE_PROVIDER = "identity_provider", "federation_protocol", "mapping", "service_provider"


class NoSuchMapping(Invalid):
    """A protocol goes by a mapping that there is."""

    code = "no_such_mapping"

    def __init__(self, mapping_id: str) -> None:
        super().__init__(f"Invalid mapping id: {mapping_id}")


FIELDS = {
    IDP: ("enabled", "description", "domain_id", "authorization_ttl", "remote_ids"),
    MAPPING: ("rules", "schema_version"),
    SERVICE_PROVIDER: ("auth_url", "sp_url", "enabled", "description", "relay_state_prefix"),
}


class Named:
    """The three commands for things that an operator names; a name that is free again can be given again."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def create(self, ask: Ask, state: State) -> Writes:
        """Make it. Raises DuplicateName."""
        if state.get(self._kind, ask.id) is not None:
            raise DuplicateName(self._kind, f"Duplicate entry found with ID {ask.id}")
        fresh = dict.fromkeys(FIELDS[self._kind])  # nothing is left of one that had the name before
        write = Write(Key("fabric", self._kind, ask.id), {**fresh, **ask.values, DELETED: False})
        return Writes((write,), actor=ask.actor, verb=f"create {self._kind}")

    def update(self, ask: Ask, state: State) -> Writes:
        """Set some fields. Raises NoSuchThing."""
        write = Write(require(state, self._kind, ask.id).key, dict(ask.values))
        return Writes((write,), actor=ask.actor, verb=f"update {self._kind}")

    def delete(self, ask: Ask, state: State) -> Writes:
        """Delete it with all that is about it. Raises NoSuchThing."""
        writes = deletes(state, require(state, self._kind, ask.id))
        return Writes(writes, actor=ask.actor, verb=f"delete {self._kind}")


def create_identity_provider(ask: Ask, state: State) -> Writes:
    """Make an identity provider, and a domain if its `makes_domain`. Raises NoSuchThing (the domain), DuplicateName."""
    values = dict(ask.values)
    makes_domain, domain_id = values.pop("makes_domain", False), values["domain_id"]
    if not makes_domain:
        require(state, "domain", domain_id)
    _require_free(ask, state)
    writes = Named(IDP).create(msgspec.structs.replace(ask, values=values), state)
    if not makes_domain:
        return writes
    told = f"Auto generated federated domain for Identity Provider: {ask.id}"
    domain = create_domain(Ask(id=domain_id, values={"name": domain_id, "description": told}, actor=ask.actor), state)
    return msgspec.structs.replace(writes, writes=(*domain.writes, *writes.writes))


def update_identity_provider(ask: Ask, state: State) -> Writes:
    """Set some fields. Raises NoSuchThing, DuplicateName."""
    require(state, IDP, ask.id)
    _require_free(ask, state)
    return Named(IDP).update(ask, state)


def protocol_key(idp_id: str, protocol_id: str) -> Key:
    """Return the key of an identity provider's protocol."""
    return join_key(PROTOCOL, idp_id, protocol_id)


def create_protocol(idp_id: str, protocol_id: str, values: dict[str, Any], state: State, *, actor: str) -> Writes:
    """Make a protocol of an identity provider. Raises NoSuchThing, NoSuchMapping, DuplicateName."""
    require(state, IDP, idp_id)
    key = protocol_key(idp_id, protocol_id)
    if state.get(key.kind, key.id) is not None:
        raise DuplicateName(PROTOCOL, f"Duplicate entry found with ID {protocol_id}")
    _require_mapping(values, state)
    whole = {"idp_id": idp_id, "protocol_id": protocol_id, "remote_id_attribute": None, **values, DELETED: False}
    return Writes((Write(key, whole),), actor=actor, verb="create protocol")


def update_protocol(key: Key, values: dict[str, Any], state: State, *, actor: str) -> Writes:
    """Set some fields of a protocol. Raises NoSuchMapping."""
    _require_mapping(values, state)
    return Writes((Write(key, values),), actor=actor, verb="update protocol")


def _require_mapping(values: dict[str, Any], state: State) -> None:
    if "mapping_id" in values and state.get(MAPPING, values["mapping_id"]) is None:
        raise NoSuchMapping(values["mapping_id"])


def _require_free(ask: Ask, state: State) -> None:
    """Raise DuplicateName if another identity provider has one of the remote IDs."""
    asked = set(ask.values.get("remote_ids") or ())
    for other in state.of_kind(IDP) if asked else ():
        if other.key.id != ask.id and (taken := asked & set(other.get("remote_ids") or ())):
            raise DuplicateName(IDP, f"Duplicate remote ID: {min(taken)}")
