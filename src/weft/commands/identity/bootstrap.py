"""What every fabric holds from its first moment: the default domain, the standard roles and an administrator.

Every site makes these records by itself at its first start, without asking anyone, so they must come out the
same everywhere: IDs derive from names, stamps are near zero and of site "", and the password's salt comes from
the fabric secret. Written by `Store.seed`; any later write by a real site wins over them.
"""

import hashlib
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from weft.commands.identity.assignments import assignment_id
from weft.commands.identity.directory import DEFAULT_DOMAIN, SYSTEM, Scope
from weft.commands.identity.roles import implication_key
from weft.store.records import Field, Key, Record, Stamp

BOOTSTRAP_SITE = ""  # no site is called that: its stamps lose to every real one of the same clock
BOOTSTRAP_HLC = 1
STANDARD_ROLES = ("admin", "manager", "member", "reader", "service")  # those Keystone's bootstrap makes
STANDARD_IMPLICATIONS = (("admin", "manager"), ("manager", "member"), ("member", "reader"))  # likewise
_NAMESPACE = uuid.UUID("7d2b8a52-61f1-4f0b-9d0a-0f6b7c5d9e10")  # random once; part of the format


@lru_cache(maxsize=4096)  # a catalogue of 50 sites has 450 endpoints, and each token that is issued shows it
def bootstrap_id(kind: str, name: str) -> str:
    """Return the ID that every site gives to a bootstrapped thing: 32 hex digits."""
    return uuid.uuid5(_NAMESPACE, f"{kind}/{name}").hex


ADMIN_USER = bootstrap_id("user", "admin")
ADMIN_PROJECT = bootstrap_id("project", "admin")
SERVICE_PROJECT = bootstrap_id("project", "service")


SEEDED = Key("fabric", "assignment", assignment_id(ADMIN_USER, SYSTEM, bootstrap_id("role", "admin")))
"""The last of the records: a site that knows it, alive or dead, knows who may come in."""


def bootstrap_records(admin_password_hash: str | None) -> list[Record]:
    """Return the records to seed. `None`: this site was not told the password and learns it from another."""
    records = [
        _record("domain", DEFAULT_DOMAIN, {"name": "Default", "description": "The default domain", "enabled": True}),
        _project(ADMIN_PROJECT, "admin", "Bootstrap project for initializing the cloud."),
        _project(SERVICE_PROJECT, "service", "For the services' own users."),
    ]
    for name in STANDARD_ROLES:
        role = {"name": name, "description": "", "domain_id": None, "options": {"immutable": True}}
        records.append(_record("role", bootstrap_id("role", name), role))
    for prior, implied in STANDARD_IMPLICATIONS:
        prior_id, implied_id = bootstrap_id("role", prior), bootstrap_id("role", implied)
        implication = {"prior_role_id": prior_id, "implied_role_id": implied_id}
        records.append(_record("implied_role", implication_key(prior_id, implied_id).id, implication))
    records.append(_admin(admin_password_hash))
    for scope in (Scope("project", ADMIN_PROJECT), Scope("domain", DEFAULT_DOMAIN), SYSTEM):
        role_id = bootstrap_id("role", "admin")
        values = {"user_id": ADMIN_USER, "role_id": role_id, "project_id": None, "domain_id": None, "system": None}
        values[f"{scope.kind}_id" if scope != SYSTEM else "system"] = scope.id
        records.append(_record("assignment", assignment_id(ADMIN_USER, scope, role_id), values))
    return records


def _project(id: str, name: str, description: str) -> Record:
    values = {
        "name": name,
        "description": description,
        "enabled": True,
        "domain_id": DEFAULT_DOMAIN,
        "parent_id": DEFAULT_DOMAIN,
        "is_domain": False,
        "tags": [],
    }
    return _record("project", id, values)


def _admin(password_hash: str | None) -> Record:
    values = {
        "name": "admin",
        "email": None,
        "description": "",
        "enabled": True,
        "domain_id": DEFAULT_DOMAIN,
        "default_project_id": ADMIN_PROJECT,
        "tokens_valid_after_ms": 0,
    }
    record = _record("user", ADMIN_USER, values)
    if password_hash is None:
        return record
    # Sites that were given different passwords must still agree on one: the stamp follows from the value.
    hlc = BOOTSTRAP_HLC + int.from_bytes(hashlib.sha256(password_hash.encode()).digest()[:4], "big")
    field = Field(password_hash, Stamp(hlc, BOOTSTRAP_SITE, 1))
    return Record(record.key, {**record.fields, "password_hash": field}, record.versions)


def _record(kind: str, id: str, values: Mapping[str, Any]) -> Record:
    stamp = Stamp(BOOTSTRAP_HLC, BOOTSTRAP_SITE, 1)
    fields = {name: Field(value, stamp) for name, value in values.items()}
    return Record(Key("fabric", kind, id), fields, {BOOTSTRAP_SITE: 1})
