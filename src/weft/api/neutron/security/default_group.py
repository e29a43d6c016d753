"""A project's default group is there before its first port, network or group, and before it looks for groups."""

from weft.commands.security.default_group import default_group_key, default_group_records, default_group_writes
from weft.store.execute import execute
from weft.store.protocol import Store
from weft.store.writes import Writes


async def ensure_default_group(store: Store, project_id: str) -> None:
    """See to it that the project has its default group. Costs one look-up once it does."""
    key = default_group_key(project_id)
    state = store.state
    if state.get(key.kind, key.id) is not None:
        return
    if state.raw(key) is None:
        await store.seed(default_group_records(state, project_id))
    else:
        await execute(
            store,
            lambda state, held: Writes(
                tuple(default_group_writes(state, project_id)), actor="weftd", verb="create default security group"
            ),
        )
