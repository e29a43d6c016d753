"""The limits that hold for every project unless its own were set (`/v2.0/quotas/{project}`)."""

from weft.api.fabric.operation import Asked, Operation
from weft.api.neutron.writing import context_of, execute_if_changed
from weft.commands.quotas.limits import set_limits
from weft.model import Denied
from weft.store.execute import Held
from weft.store.protocol import State
from weft.store.quotas import DEFAULTS, DEFAULTS_ID, limit_of
from weft.store.writes import Writes
from weft.wire.fabric import DefaultQuotas


async def show(asked: Asked) -> DefaultQuotas:
    """Show how many of each resource a project may have, unless its own limits were set; -1 is any number."""
    return DefaultQuotas({name: limit_of(asked.store.state, name, DEFAULTS_ID) for name in DEFAULTS})


async def change(asked: Asked) -> DefaultQuotas:
    """Change default limits, in the whole fabric; what is not named stays."""
    caller = asked.caller
    if caller is None:
        raise Denied("nobody in particular may change limits")
    wanted = (await asked.body(DefaultQuotas)).quotas

    def decide(state: State, held: Held) -> Writes:
        return set_limits(state, DEFAULTS_ID, wanted, force=True, context=context_of(asked.store, caller, held))

    await execute_if_changed(asked.store, decide)
    return await show(asked)


OPERATIONS = (
    Operation("/quotas", show, DefaultQuotas, who="users"),
    Operation("/quotas", change, DefaultQuotas, method="PUT", body=DefaultQuotas),
)
