"""`/v2.0/auto-allocated-topology/{project}`: a network to plug a machine into, for those who have none.

GET makes it, if need be; so the engine, whose reads only read, does not serve it.
Source: neutron, services/auto_allocate/db.py.
"""

from collections.abc import Sequence

import msgspec

from weft.api.caller import Caller
from weft.api.errors import not_allowed, nothing_here
from weft.api.neutron import policy
from weft.api.neutron.conditions import read_query_fields
from weft.api.neutron.http import Request, Response
from weft.api.neutron.writing import context_of, execute_if_changed
from weft.commands.errors import BadRequest
from weft.commands.services.errors import NotAuthorized
from weft.commands.services.topology import Step, check_requirements, next_step, next_step_down, ready_network
from weft.model import WeftError
from weft.store.execute import Held
from weft.store.protocol import State, Store
from weft.store.writes import Writes

DRY_RUN = "dry-run"
OWN = "None"  # what clients write for "the project of my token"


class AutoAllocatedTopology:
    """Serves the ready-made networks of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def serve(self, request: Request, rest: Sequence[str]) -> Response:
        """Answer a request below `/v2.0/auto-allocated-topology`. Raises HttpProblem (404, 405)."""
        if len(rest) != 1:
            raise nothing_here()
        project_id = _project(rest[0].removesuffix(".json"), request.caller)
        if request.method == "GET":
            return await self._show(request, project_id)
        if request.method == "DELETE":
            target = policy.Target({"project_id": project_id})
            policy.enforce(request.caller, "delete_auto_allocated_topology", target)
            await self._walk(request.caller, project_id, next_step_down)
            return Response(204)
        raise not_allowed()

    async def _show(self, request: Request, project_id: str) -> Response:
        if not policy.check(request.caller, "get_auto_allocated_topology", policy.Target({"project_id": project_id})):
            raise nothing_here()
        fields = read_query_fields(request)
        if DRY_RUN in fields:
            check_requirements(self._store.state)
            return _answer(f"{DRY_RUN}=pass", project_id)
        if fields:
            raise BadRequest("auto_allocate", "Unrecognized field")
        if ready_network(self._store.state, project_id) is None:
            await self._build(request.caller, project_id)
        network_id = ready_network(self._store.state, project_id)
        if network_id is None:  # somebody was quick to delete it
            raise nothing_here()
        return _answer(network_id, project_id)

    async def _build(self, caller: Caller, project_id: str) -> None:
        try:
            await self._walk(caller, project_id, next_step)
        except WeftError:
            await self._walk(caller, project_id, next_step_down)  # leave nothing half made
            raise

    async def _walk(self, caller: Caller, project_id: str, step: Step) -> None:
        def decide(state: State, held: Held) -> Writes:
            return step(state, project_id, context_of(self._store, caller, held))

        while await execute_if_changed(self._store, decide) is not None:
            pass


def _project(named: str, caller: Caller) -> str:
    """Return the project that is meant. Raises NotAuthorized."""
    project_id = caller.project_id if named == OWN else named
    if project_id is None or (project_id != caller.project_id and not caller.is_admin):
        raise NotAuthorized
    return project_id


def _answer(id: str, project_id: str) -> Response:
    document = {"auto_allocated_topology": {"id": id, "project_id": project_id}}
    return Response(200, msgspec.json.encode(document))
