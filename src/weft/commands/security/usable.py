"""Which security groups and address groups a project may use: its own, and what others share with it."""

from weft.commands.context import Context
from weft.commands.sharing.sight import is_open_to
from weft.store.protocol import State
from weft.store.records import Record


def is_usable(state: State, record: Record, project_id: str | None, context: Context) -> bool:
    """Tell whether `record` may be used on things of `project_id`; an administrator may use anything."""
    return context.is_admin or is_open_to(state, record, project_id)
