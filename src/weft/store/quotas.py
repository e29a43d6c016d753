"""A project's limits as rights that sites hold, so that a create asks no other site (docs/design/0009-quotas.md).

A limit of L is L rights to create. Each living site starts with an equal part; what moved between two sites
since is written by the giver alone, so rights are never made or lost: a bounded counter (Balegas et al., "Extending
eventually consistent cloud databases for enforcing numeric invariants", SRDS 2015). A site has used as many
as there are live objects that were created there; a delete, wherever it happens, gives the right back to that
site. Pure functions of the merged state.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID, uuid5

import msgspec

from weft.model import Conflict, SiteId
from weft.store.kinds.quotas import QUOTA, QUOTA_SHARE
from weft.store.pools import live_sites
from weft.store.protocol import Change, State
from weft.store.records import Key, Record
from weft.store.writes import Write

UNLIMITED = -1
DEFAULTS_ID = "*"  # of the QUOTA record that holds for all projects; no project is called that
DEFAULTS: Mapping[str, int] = {  # Neutron's, conf/quota.py; what it does not count is not here
    "network": 100,
    "subnet": 100,
    "subnetpool": UNLIMITED,
    "port": 500,
    "router_route": 30,
    "router": 10,
    "floatingip": 50,
    "rbac_policy": 10,
    "security_group": 10,
    "security_group_rule": 100,
    "trunk": UNLIMITED,
}
PREFIX = "quota."
CLOSE = (
    64  # rights: closer than this to its share, a site's creates take turns; its other processes have fewer under way
)

_SPACE = UUID("b3f1d2a4-6c1e-5d0b-9a54-7f0f5d6f3c11")


class NothingToSpare(Conflict):
    """The site asked has no right left to give."""

    code = "nothing_to_spare"


class Standing(msgspec.Struct, frozen=True):
    """How a project stands with one resource."""

    limit: int  # -1: none
    used: int  # live objects, wherever created
    free: Mapping[SiteId, int]  # what each living site may still create by itself; empty without a limit


def limit_of(state: State, resource: str, project_id: str) -> int:
    """Return how many the project may have, -1 for any number."""
    for id in (project_id, DEFAULTS_ID):
        record = state.get(QUOTA.name, id)
        limit = record.get(resource) if record is not None else None
        if isinstance(limit, int) and not isinstance(limit, bool):
            return max(limit, UNLIMITED)
    return DEFAULTS.get(resource, UNLIMITED)


def used_by(state: State, resource: str, project_id: str) -> int:
    """Return how many the project has."""
    return sum(state.tally(resource, project_id).values())


def standing(state: State, resource: str, project_id: str) -> Standing:
    """Return how a project stands; costs as much as there are sites."""
    limit = limit_of(state, resource, project_id)
    tally = state.tally(resource, project_id)
    used = sum(tally.values())
    if limit == UNLIMITED:
        return Standing(limit, used, {})
    sites = live_sites(state)
    part, rest = divmod(limit, max(len(sites), 1))
    free = {site: part + (position < rest) - tally.get(site, 0) for position, site in enumerate(sites)}
    for giver, taker, count in _moves(state.get(*_name(resource, project_id))):
        if giver in free and taker in free:  # what a dead site gave or got is shared out anew with the rest
            free[giver] -= count
            free[taker] += count
    if sites:
        free[sites[0]] -= used - sum(tally.get(site, 0) for site in sites)  # what sites that are gone had created
    return Standing(limit, used, free)


def pool_of(resource: str, project_id: str) -> str:
    """Return the name by which a site asks another for rights."""
    return f"{PREFIX}{resource}.{project_id}"


def of_pool(pool: str) -> tuple[str, str]:
    """Return the resource and the project that `pool_of` named."""
    resource, _, project_id = pool.removeprefix(PREFIX).partition(".")
    return resource, project_id


def key_of_pool(pool: str) -> Key:
    """Return the record that holds the moves, by the pool's name."""
    return share_key(*of_pool(pool))


def pools_touched(change: Change, state: State) -> set[str]:
    """Return the pools in which rights may lie unevenly after a change."""
    resource = change.key.kind
    record = change.after or change.before
    if resource not in DEFAULTS or record is None or (change.before is not None and change.after is not None):
        return set()
    project_id = record.get("project_id")
    if not isinstance(project_id, str) or limit_of(state, resource, project_id) == UNLIMITED:
        return set()
    return {pool_of(resource, project_id)}


def share_key(resource: str, project_id: str) -> Key:
    """Return the record that holds the moves."""
    return Key("fabric", *_name(resource, project_id))


def take_turn(state: State, resource: str, project_id: str, site: SiteId) -> Write:
    """Return the write that makes two creates of one site meet, should both be decided on the same view."""
    return _share_write(state, resource, project_id, {f"turn.{site}": _turn(state, resource, project_id, site) + 1})


def give_rights(state: State, pool: str, site: SiteId, asker: SiteId) -> Write:
    """Return the write by which `site` gives `asker` half of what it has left. Raises NothingToSpare."""
    resource, project_id = of_pool(pool)
    free = standing(state, resource, project_id).free
    spare = free.get(site, 0)
    if spare < 1 or asker not in free or asker == site:
        raise NothingToSpare(f"{resource} quota of project {project_id}: site {site} has nothing left to give")
    return _move(state, resource, project_id, site, asker, (spare + 1) // 2)


def level_out(state: State, resource: str, project_id: str, site: SiteId) -> Write | None:
    """Return what `site`, if it has most left, gives ahead of need to the one that has least; None: nothing.

    Least is less than a quarter of an equal part, so that a delete or a create does not set rights in motion.
    """
    now = standing(state, resource, project_id)
    if len(now.free) < 2:
        return None
    mean = max(now.limit - now.used, 0) // len(now.free)
    richest = max(now.free, key=lambda each: (now.free[each], each))
    poorest = min(now.free, key=lambda each: (now.free[each], each))
    if site != richest or now.free[poorest] * 4 >= mean:
        return None
    count = min(now.free[richest] - mean, mean - now.free[poorest])
    return _move(state, resource, project_id, site, poorest, count) if count > 0 else None


def _move(state: State, resource: str, project_id: str, giver: SiteId, taker: SiteId, count: int) -> Write:
    field = f"moved.{giver}.{taker}"
    record = state.get(*_name(resource, project_id))
    before = record.get(field, 0) if record is not None else 0
    values = {field: before + count, f"turn.{giver}": _turn(state, resource, project_id, giver) + 1}
    return _share_write(state, resource, project_id, values)


def _share_write(state: State, resource: str, project_id: str, values: dict[str, int]) -> Write:
    key = share_key(resource, project_id)
    if state.raw(key) is None:
        return Write(key, {"project_id": project_id, "resource": resource, **values}, create=True)
    return Write(key, values)


def _turn(state: State, resource: str, project_id: str, site: SiteId) -> int:
    record = state.get(*_name(resource, project_id))
    turn = record.get(f"turn.{site}", 0) if record is not None else 0
    return turn if isinstance(turn, int) else 0


def _moves(record: Record | None) -> Iterator[tuple[SiteId, SiteId, int]]:
    for name, field in record.fields.items() if record is not None else ():
        what, _, rest = name.partition(".")
        giver, _, taker = rest.partition(".")
        if what == "moved" and isinstance(field.value, int) and field.value > 0:
            yield SiteId(giver), SiteId(taker), field.value


def _name(resource: str, project_id: str) -> tuple[str, str]:
    return QUOTA_SHARE.name, str(uuid5(_SPACE, f"{resource}/{project_id}"))
