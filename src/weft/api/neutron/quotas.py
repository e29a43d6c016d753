"""`/v2.0/quotas`: read-only, and unlimited, until quotas are enforced (clients ask before they create)."""

from collections.abc import Sequence

import msgspec

from weft.api.caller import Caller
from weft.api.errors import nothing_here
from weft.api.neutron.http import Response
from weft.api.neutron.policy import PolicyNotAuthorized
from weft.api.neutron.resources import RESOURCES
from weft.store.protocol import State

UNLIMITED = -1


def show_quotas(rest: Sequence[str], caller: Caller, state: State) -> Response:
    """Answer GET below `/v2.0/quotas`: a project's, its defaults, or its limits with what is used."""
    if not rest:
        return Response(200, msgspec.json.encode({"quotas": []}))
    project_id = caller.project_id if rest[0] in ("tenant", "project") else rest[0]
    if project_id != caller.project_id and not caller.is_admin:
        raise PolicyNotAuthorized("rule:get_quota")
    detail = rest[1] if len(rest) > 1 else ""
    if detail == "details.json":
        used = {
            resource.name: {
                "limit": UNLIMITED,
                "used": len(state.lookup(resource.name, "project_id", project_id)),
                "reserved": 0,
            }
            for resource in RESOURCES
        }
        return Response(200, msgspec.json.encode({"quota": used}))
    if detail not in ("", "default"):
        raise nothing_here()
    limits: dict[str, object] = {resource.name: UNLIMITED for resource in RESOURCES}
    if not detail:
        limits["project_id"] = limits["tenant_id"] = project_id
    return Response(200, msgspec.json.encode({"quota": limits}))
