"""Who writes, and when: the circumstances that every command of this API is given."""

import random
import time

from weft.api.caller import Caller
from weft.api.fresh_ids import random_uuid
from weft.api.neutron.visibility import may_see
from weft.commands.context import Context, nothing_held
from weft.store.execute import Decide, Held, execute
from weft.store.protocol import State, Store
from weft.store.writes import Receipt, Writes


class _Unchanged(Exception):
    """The decision writes nothing: what is asked for is already so."""


def context_of(store: Store, caller: Caller, held: Held = nothing_held) -> Context:
    """Return the circumstances of a decision on behalf of `caller`."""
    return Context(
        now_ms=int(time.time() * 1000),
        new_id=random_uuid,
        seed=random.getrandbits(62),
        site=store.site,
        user_id=caller.user_id,
        project_id=caller.project_id,
        is_admin=caller.is_admin,
        held=held,
        sees=lambda record: may_see(caller, record, store.state),
    )


async def execute_if_changed(store: Store, decide: Decide) -> Receipt | None:
    """Decide and commit; None if there is nothing to write."""

    def bound(state: State, held: Held) -> Writes:
        writes = decide(state, held)
        if not writes.writes:
            raise _Unchanged
        return writes

    try:
        return await execute(store, bound)
    except _Unchanged:
        return None
