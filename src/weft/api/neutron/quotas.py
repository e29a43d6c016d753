"""`/v2.0/quotas`: a project's limits and what it uses of them. Source: neutron, extensions/quotasv2.py."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from weft.api.errors import HttpProblem, not_allowed, nothing_here
from weft.api.neutron import policy
from weft.api.neutron.bodies import read_json
from weft.api.neutron.conditions import receipt_header
from weft.api.neutron.http import Request, Response
from weft.api.neutron.writing import context_of, execute_if_changed
from weft.commands.errors import QuotaMissingTenant
from weft.commands.quotas.limits import LIMIT_MAX, reset_limits, set_limits
from weft.store.execute import Held
from weft.store.kinds.quotas import QUOTA
from weft.store.protocol import State, Store
from weft.store.quotas import DEFAULTS, DEFAULTS_ID, UNLIMITED, limit_of, used_by
from weft.store.writes import Writes
from weft.wire.neutron.attributes import BadRequest
from weft.wire.neutron.types import to_boolean, to_int

_PROJECT_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")  # Keystone's are 32 hexadecimal digits, LDAP's up to 64
NO_POST = "POST requests are not supported on this resource."


class Quotas:
    """Serves the quotas of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def serve(self, request: Request, rest: Sequence[str]) -> Response:
        """Answer a request below `/v2.0/quotas`. Raises HttpProblem (404, 405, 501)."""
        method = request.method
        if method == "POST":
            raise HttpProblem(501, "HTTPNotImplemented", NO_POST)
        if not rest:
            if method != "GET":
                raise not_allowed()
            return self._list(request)
        project_id, detail = rest[0].removesuffix(".json"), "/".join(rest[1:]).removesuffix(".json")
        if method == "GET":
            return self._show(request, project_id, detail)
        if detail or method not in ("PUT", "DELETE"):
            raise nothing_here() if detail else not_allowed()
        return await (self._update if method == "PUT" else self._delete)(request, project_id)

    # ---- reading
    def _list(self, request: Request) -> Response:
        """Return the projects whose limits were set."""
        policy.enforce(request.caller, "get_quota", policy.Target({"project_id": request.caller.project_id}))
        quotas = [
            {**self._limits(record.key.id), "project_id": record.key.id, "tenant_id": record.key.id}
            for record in sorted(self._store.state.of_kind(QUOTA.name), key=lambda record: record.key.id)
            if record.key.id != DEFAULTS_ID and any(record.get(name) is not None for name in DEFAULTS)
        ]
        return _answer({"quotas": quotas})

    def _show(self, request: Request, project_id: str, detail: str) -> Response:
        caller = request.caller
        if project_id in ("tenant", "project") and not detail:
            if not caller.project_id:
                raise QuotaMissingTenant
            return _answer({project_id: {f"{project_id}_id": caller.project_id}})
        if project_id != caller.project_id:
            policy.enforce(caller, "get_quota", policy.Target({"project_id": caller.project_id}))
        if detail == "details":
            return _answer({"quota": self._details(project_id)})
        if detail not in ("", "default"):
            raise nothing_here()
        return _answer({"quota": self._limits(project_id if not detail else DEFAULTS_ID)})

    def _limits(self, project_id: str) -> dict[str, Any]:
        return {name: limit_of(self._store.state, name, project_id) for name in DEFAULTS}

    def _details(self, project_id: str) -> dict[str, Any]:
        state = self._store.state
        limits = self._limits(project_id)
        return {
            name: {"limit": limit, "used": used_by(state, name, project_id), "reserved": 0}
            for name, limit in limits.items()
        }

    # ---- writing
    async def _update(self, request: Request, project_id: str) -> Response:
        policy.enforce(request.caller, "update_quota", policy.Target({"project_id": request.caller.project_id}))
        if not _PROJECT_ID.fullmatch(project_id):
            raise BadRequest(f"'{project_id}' is not a valid project ID")
        limits, force = _read_limits(request.body)

        def decide(state: State, held: Held) -> Writes:
            context = context_of(self._store, request.caller, held)
            return set_limits(state, project_id, limits, force=force, context=context)

        receipt = await execute_if_changed(self._store, decide)
        return Response(200, msgspec.json.encode({"quota": self._limits(project_id)}), receipt_header(receipt))

    async def _delete(self, request: Request, project_id: str) -> Response:
        policy.enforce(request.caller, "delete_quota", policy.Target({"project_id": request.caller.project_id}))

        def decide(state: State, held: Held) -> Writes:
            return reset_limits(state, project_id, context_of(self._store, request.caller, held))

        return Response(204, headers=receipt_header(await execute_if_changed(self._store, decide)))


def _read_limits(body: bytes) -> tuple[dict[str, int], bool]:
    """Return the limits in a body, and whether they hold although more is in use. Raises BadRequest, BadValue."""
    quota = read_json(body).get("quota")
    if not isinstance(quota, dict):
        raise BadRequest("Unable to find 'quota' in request body")
    force = to_boolean(quota.pop("force", False))
    quota.pop("check_limit", None)  # usage is checked unless `force` says otherwise, as since 2025.1
    unknown = [name for name in quota if name not in DEFAULTS]
    if unknown:
        raise BadRequest(f"Unrecognized attribute(s) '{', '.join(unknown)}'")
    limits = {name: to_int(value) for name, value in quota.items()}
    for name, limit in limits.items():
        if limit < UNLIMITED:
            raise BadRequest(f"Invalid input for {name}. Reason: '{limit}' is too small - must be at least '-1'.")
        if limit > LIMIT_MAX:
            raise BadRequest(
                f"Invalid input for {name}. Reason: '{limit}' is too large - must be no larger than '{LIMIT_MAX}'."
            )
    return limits, force


def _answer(document: dict[str, Any]) -> Response:
    return Response(200, msgspec.json.encode(document))
