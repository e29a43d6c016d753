"""Setting a project's limits."""

from collections.abc import Mapping

from weft.commands.context import Context
from weft.model import Invalid, NotFound
from weft.store.kinds.quotas import QUOTA
from weft.store.protocol import State
from weft.store.quotas import DEFAULTS, UNLIMITED, used_by
from weft.store.records import Key
from weft.store.writes import Write, Writes

LIMIT_MAX = (1 << 31) - 1  # Neutron's: DB_INTEGER_MAX_VALUE


class BadLimit(Invalid):
    """No such resource, or no such number."""

    code = "bad_limit"


class TenantQuotaNotFound(NotFound):
    """The project has no limit of its own."""

    code = "tenant_quota_not_found"

    def __init__(self, project_id: str) -> None:
        super().__init__(f"Quota for project {project_id} could not be found.")


class LimitBelowUsage(Invalid):
    """The project has more than that already."""

    code = "limit_below_usage"

    def __init__(self, resource: str, limit: int, used: int) -> None:
        super().__init__(f"Quota limit {limit} for {resource} must be greater than or equal to already used {used}")


def set_limits(state: State, project_id: str, limits: Mapping[str, int], *, force: bool, context: Context) -> Writes:
    """Return the write that sets `limits`. Raises BadLimit; LimitBelowUsage unless `force`."""
    for resource, limit in limits.items():
        _check(resource, limit)
        used = used_by(state, resource, project_id)
        if not force and limit != UNLIMITED and used > limit:
            raise LimitBelowUsage(resource, limit, used)
    record = state.get(QUOTA.name, project_id)
    values = {name: limit for name, limit in limits.items() if record is None or record.get(name) != limit}
    return _writes(state, project_id, values, context, "set quota")


def _check(resource: str, limit: int) -> None:
    if resource not in DEFAULTS:
        raise BadLimit(f"{resource} has no limit; these have: {', '.join(DEFAULTS)}")
    if not UNLIMITED <= limit <= LIMIT_MAX:
        raise BadLimit(f"the limit of {resource} is {limit}, must be from {UNLIMITED} (none) to {LIMIT_MAX}")


def reset_limits(state: State, project_id: str, context: Context) -> Writes:
    """Return the write that puts every limit back to the default.

    Not a tombstone: two sites that reset and set at once are to meet field by field. Raises TenantQuotaNotFound if none
    is set.
    """
    record = state.get(QUOTA.name, project_id)
    values = {name: None for name in DEFAULTS if record is not None and record.get(name) is not None}
    if not values:
        raise TenantQuotaNotFound(project_id)
    return _writes(state, project_id, values, context, "reset quota")


def _writes(state: State, project_id: str, values: Mapping[str, int | None], context: Context, verb: str) -> Writes:
    key = Key("fabric", QUOTA.name, project_id)
    writes = (Write(key, values, create=state.raw(key) is None),) if values else ()
    return Writes(writes, actor=context.actor, verb=verb)
