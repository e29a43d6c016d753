"""Which agent hosts what: `/agents/{id}/dhcp-networks` and `/l3-routers`, `/networks/{id}/dhcp-agents`,
`/routers/{id}/l3-agents`.

Their bodies have no name around them and name no attribute of a resource, so the engine does not serve them.
Source: neutron, extensions/dhcpagentscheduler.py and l3agentscheduler.py.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from weft.api.errors import not_allowed, nothing_here
from weft.api.neutron import policy
from weft.api.neutron.bodies import read_json
from weft.api.neutron.conditions import receipt_header
from weft.api.neutron.engine import Engine
from weft.api.neutron.http import Request, Response
from weft.api.neutron.writing import context_of, execute_if_changed
from weft.commands.context import Context
from weft.commands.l3.errors import RouterNotFound
from weft.commands.services.agents import DHCP, L3, existing_agent
from weft.commands.services.hosting import (
    add_network,
    add_router,
    agents_hosting,
    hosted_on,
    remove_network,
    remove_router,
)
from weft.store.execute import Held
from weft.store.protocol import State, Store
from weft.store.records import Record
from weft.store.writes import Writes
from weft.wire.neutron.attributes import BadRequest
from weft.wire.neutron.types import uuid_problem

Change = Callable[[State, str, str, Context], Writes]


class Schedule(NamedTuple):
    """What is put on agents of a type, under Neutron's names."""

    agent_type: str
    resource: str  # "network"
    rule: str  # "dhcp-network"
    add: Change
    remove: Change


ON_AGENTS: Mapping[str, Schedule] = {
    "dhcp-networks": Schedule(DHCP, "network", "dhcp-network", add_network, remove_network),
    "l3-routers": Schedule(L3, "router", "l3-router", add_router, remove_router),
}
HOSTS: Mapping[tuple[str, str], str] = {("networks", "dhcp-agents"): "network", ("routers", "l3-agents"): "router"}


class Hosting:
    """Serves what agents host, and who hosts it."""

    def __init__(self, store: Store, engines: Iterable[Engine]) -> None:
        self._store = store
        self._engines = {engine.resource.name: engine for engine in engines if engine.resource.parent is None}

    def serves(self, parts: Sequence[str]) -> bool:
        """Tell whether a path is one of these."""
        if not 3 <= len(parts) <= 4:
            return False
        name = parts[2].removesuffix(".json")
        return (parts[0] == "agents" and name in ON_AGENTS) or (parts[0], name) in HOSTS

    async def serve(self, request: Request) -> Response:
        """Answer a request on such a path. Raises HttpProblem (404, 405)."""
        collection, id, name = request.parts[0], request.parts[1], request.parts[2].removesuffix(".json")
        if collection == "agents":
            return await self._on_agent(request, ON_AGENTS[name], id, request.parts[3:])
        if len(request.parts) > 3:
            raise nothing_here()
        if request.method != "GET":
            raise not_allowed()
        policy.enforce(request.caller, f"get_{name}", policy.Target())
        record = self._store.state.get(HOSTS[collection, name], id)
        if record is None and collection == "routers":
            raise RouterNotFound(id)
        agents = agents_hosting(self._store.state, record) if record is not None else []
        return self._list("agent", agents, request)

    async def _on_agent(self, request: Request, schedule: Schedule, agent_id: str, rest: Sequence[str]) -> Response:
        if request.method == "GET" and not rest:
            policy.enforce(request.caller, f"get_{schedule.rule}s", policy.Target())
            agent = existing_agent(self._store.state, agent_id)
            return self._list(schedule.resource, hosted_on(self._store.state, agent, schedule.agent_type), request)
        if request.method == "POST" and not rest:
            policy.enforce(request.caller, f"create_{schedule.rule}", policy.Target())
            id = read_json(request.body).get(f"{schedule.resource}_id")
            if not isinstance(id, str):
                raise BadRequest(f"Invalid input for {schedule.resource}_id. Reason: {uuid_problem(id)}.")
            return await self._change(request, schedule.add, agent_id, id, Response(201, b"null"))
        if request.method == "DELETE" and rest:
            policy.enforce(request.caller, f"delete_{schedule.rule}", policy.Target())
            id = rest[0].removesuffix(".json")
            return await self._change(request, schedule.remove, agent_id, id, Response(204))
        raise not_allowed()

    async def _change(self, request: Request, change: Change, agent_id: str, id: str, answer: Response) -> Response:
        def decide(state: State, held: Held) -> Writes:
            return change(state, agent_id, id, context_of(self._store, request.caller, held))

        answer.headers = receipt_header(await execute_if_changed(self._store, decide))
        return answer

    def _list(self, resource: str, records: Iterable[Record], request: Request) -> Response:
        engine = self._engines[resource]
        shown = b",".join(engine.encoded(record, request.caller) for record in records)
        return Response(200, b'{"%b":[%b]}' % (engine.resource.collection.encode(), shown))
