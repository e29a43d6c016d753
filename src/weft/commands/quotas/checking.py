"""Holding creates to a project's limits, from the rights that this site has (store/quotas.py)."""

from collections.abc import Mapping

import msgspec

from weft.commands.context import Context
from weft.model import Conflict
from weft.store.protocol import State
from weft.store.quotas import CLOSE, DEFAULTS, UNLIMITED, Standing, limit_of, pool_of, standing, take_turn
from weft.store.writes import NeedsTransfer, Write, Writes


class OverQuota(Conflict):
    """The project has as many as it may have."""

    code = "over_quota"

    def __init__(self, resource: str) -> None:
        super().__init__(f"Quota exceeded for resources: ['{resource}'].")


def within_quota(
    state: State,
    resource: str,
    counts: Mapping[str, int],
    writes: Writes,
    context: Context,
    under_way: Mapping[str, int],
) -> Writes:
    """Return `writes`, which create `counts` (project → number) of `resource`, with what keeps them to the limit.

    `under_way` (project → number) are creates that this process has decided and not yet seen. Raises OverQuota;
    NeedsTransfer if only other sites have rights left.
    """
    if resource not in DEFAULTS:
        return writes
    turns: list[Write] = []
    for project_id, count in counts.items():
        if limit_of(state, resource, project_id) == UNLIMITED:
            continue
        now = standing(state, resource, project_id)
        if now.used + count > now.limit:
            raise OverQuota(resource)
        left = now.free.get(context.site, 0) - count
        if left < 0:
            raise _ask_others(now, resource, project_id, context)
        if left - under_way.get(project_id, 0) < CLOSE and context.site in now.free:
            turns.append(take_turn(state, resource, project_id, context.site))
    return msgspec.structs.replace(writes, writes=(*writes.writes, *turns)) if turns else writes


def _ask_others(now: Standing, resource: str, project_id: str, context: Context) -> Conflict:
    owners = sorted(
        (site for site in now.free if site != context.site and now.free[site] > 0), key=now.free.__getitem__
    )
    if not owners:
        return OverQuota(resource)
    return NeedsTransfer(pool_of(resource, project_id), None, tuple(reversed(owners)))
