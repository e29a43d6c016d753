"""/v3/policies/{policy}/OS-ENDPOINT-POLICY: which policy goes for an endpoint, a service, or a service in a region.

Source: keystone, api/policy.py, api/endpoints.py and endpoint_policy/core.py.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.catalog import endpoints, regions, services
from weft.api.identity.http import answer, caller, identity_of, nothing
from weft.api.identity.joining import joined, parted, require_joined
from weft.api.identity.listing import listing
from weft.api.identity.policies import POLICIES
from weft.api.identity.policy import enforce
from weft.api.identity.service import Identity
from weft.commands.identity.directory import NoSuchThing, require
from weft.commands.identity.joins import NotJoined, join_key
from weft.store.records import Key

KIND = "policy_association"
NOT_FOUND = "Could not find policy association."

Row = Mapping[str, Any]


async def associate(request: Request) -> Response:
    """PUT …/OS-ENDPOINT-POLICY/{endpoints|services}/{id}[/regions/{region}]: instead of any other policy."""
    who = caller(request)
    enforce(who, f"create_policy_association_for_{_what(request)}")
    policy_id, about = _asked(request)
    return await joined(request, who, _key(about), {"policy_id": policy_id, **about})


async def check(request: Request) -> Response:
    """HEAD and GET of the same: 204 if that policy goes for it."""
    enforce(caller(request), f"check_policy_association_for_{_what(request)}")
    policy_id, about = _asked(request)
    _require_its(request, policy_id, about)
    return nothing()


async def dissociate(request: Request) -> Response:
    """DELETE of the same."""
    who = caller(request)
    enforce(who, f"delete_policy_association_for_{_what(request)}")
    policy_id, about = _asked(request)
    _require_its(request, policy_id, about)
    return await parted(request, who, _key(about), told=NOT_FOUND)


async def endpoints_of_policy(request: Request) -> Response:
    """GET /v3/policies/{policy}/OS-ENDPOINT-POLICY/endpoints: those that it goes for."""
    enforce(caller(request), "list_endpoints_for_policy")
    identity = identity_of(request)
    policy = require(identity.store.state, "policy", request.path_params["policy"])
    base = identity.settings.identity_url
    found = [each for each in _endpoints(identity) if _policy_of(identity, each) == policy.key.id]
    rows = [{**each, "links": {"self": f"{base}/endpoints/{each['id']}"}} for each in found]
    return listing(request, "endpoints", rows, filters=())


async def policy_of_endpoint(request: Request) -> Response:
    """HEAD and GET /v3/endpoints/{endpoint}/OS-ENDPOINT-POLICY/policy: its own, its region's, or its service's."""
    enforce(caller(request), "get_policy_for_endpoint")
    identity = identity_of(request)
    endpoint = _listed(_endpoints(identity), "endpoint", request.path_params["endpoint"])
    policy_id = _policy_of(identity, endpoint)
    if policy_id is None:
        raise NotJoined(f"No policy is associated with endpoint {endpoint['id']}.")
    policy = require(identity.store.state, "policy", policy_id)
    return answer({"policy": POLICIES.body(policy, identity.settings.identity_url)})


def _policy_of(identity: Identity, endpoint: Row) -> str | None:
    service_id, state = endpoint["service_id"], identity.store.state
    places: list[dict[str, str | None]] = [_about(endpoint_id=endpoint["id"])]
    places += [_about(service_id=service_id, region_id=region_id) for region_id in _upwards(identity, endpoint)]
    places.append(_about(service_id=service_id))
    for about in places:
        if (held := state.get(KIND, _key(about).id)) is not None:
            return str(held.get("policy_id"))
    return None


def _upwards(identity: Identity, endpoint: Row) -> Iterator[str]:
    """Yield the endpoint's region and those it lies in."""
    above = {each["id"]: each["parent_region_id"] for each in regions(identity.store.state, identity.settings)}
    seen: set[str] = set()
    region_id = endpoint.get("region_id")
    while region_id is not None and region_id not in seen:
        seen.add(region_id)
        yield region_id
        region_id = above.get(region_id)


def _asked(request: Request) -> tuple[str, dict[str, str | None]]:
    """Return the policy and what it is for. Raises NoSuchThing for what there is not."""
    identity, params = identity_of(request), request.path_params
    policy_id = require(identity.store.state, "policy", params["policy"]).key.id
    if "endpoint" in params:
        return policy_id, _about(endpoint_id=_listed(_endpoints(identity), "endpoint", params["endpoint"])["id"])
    service_id = _listed(services(identity.store.state), "service", params["service"])["id"]
    if "region" not in params:
        return policy_id, _about(service_id=service_id)
    every = regions(identity.store.state, identity.settings)
    return policy_id, _about(service_id=service_id, region_id=_listed(every, "region", params["region"])["id"])


def _about(
    endpoint_id: str | None = None, service_id: str | None = None, region_id: str | None = None
) -> dict[str, str | None]:
    return {"endpoint_id": endpoint_id, "service_id": service_id, "region_id": region_id}


def _key(about: Mapping[str, str | None]) -> Key:
    return join_key(KIND, about["endpoint_id"], about["service_id"], about["region_id"])


def _require_its(request: Request, policy_id: str, about: Mapping[str, str | None]) -> None:
    require_joined(request, _key(about), told=NOT_FOUND)
    held = identity_of(request).store.state.get(KIND, _key(about).id)
    if held is None or held.get("policy_id") != policy_id:
        raise NotJoined(NOT_FOUND)


def _endpoints(identity: Identity) -> list[dict[str, Any]]:
    return endpoints(identity.store.state, identity.settings)


def _listed(rows: list[dict[str, Any]], kind: str, id: str) -> Row:
    for row in rows:
        if row["id"] == id:
            return row
    raise NoSuchThing(kind, id)


def _what(request: Request) -> str:
    params = request.path_params
    return "endpoint" if "endpoint" in params else "region_and_service" if "region" in params else "service"


_PATH = "/v3/policies/{policy}/OS-ENDPOINT-POLICY"
ROUTES = [
    Route(_PATH + "/endpoints", endpoints_of_policy, methods=["GET"]),
    Route("/v3/endpoints/{endpoint}/OS-ENDPOINT-POLICY/policy", policy_of_endpoint, methods=["GET"]),
]
for where in ("/endpoints/{endpoint}", "/services/{service}", "/services/{service}/regions/{region}"):
    ROUTES += [
        Route(_PATH + where, associate, methods=["PUT"]),
        Route(_PATH + where, check, methods=["GET"]),
        Route(_PATH + where, dissociate, methods=["DELETE"]),
    ]
