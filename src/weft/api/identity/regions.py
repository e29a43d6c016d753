"""/v3/{regions,services,endpoints}: those that follow from the sites, and those that an operator makes.

The first can be read like any other, but nobody changes them: sites announce themselves.
"""

import uuid
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.identity.catalog import endpoints, regions, services
from weft.api.identity.http import answer, caller, delete_for, execute_for, identity_of, json_body
from weft.api.identity.listing import listing
from weft.api.identity.policy import Forbidden, enforce
from weft.api.identity.resource import Command, Handler
from weft.commands.identity.catalogue import (
    BadEndpoint,
    create_endpoint,
    create_region,
    create_service,
    delete_endpoint,
    delete_region,
    delete_service,
    update_endpoint,
    update_region,
    update_service,
)
from weft.commands.identity.directory import NoSuchThing
from weft.commands.identity.names import DuplicateName
from weft.wire.keystone.fields import MALFORMED, Spec, checked_body
from weft.wire.keystone.resources import ENDPOINT, REGION, SERVICE


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three kinds."""

    kind: str
    spec: Spec
    rows: Callable[[Any], list[dict[str, Any]]]  # of an `Identity`
    filters: tuple[str, ...]
    create: Command
    update: Command
    delete: Command

    @property
    def plural(self) -> str:
        """What the path says."""
        return f"{self.kind}s"


KINDS = (
    Listed(
        kind="region",
        spec=REGION,
        rows=lambda identity: regions(identity.store.state, identity.settings),
        filters=("parent_region_id",),
        create=create_region,
        update=update_region,
        delete=delete_region,
    ),
    Listed(
        kind="service",
        spec=SERVICE,
        rows=lambda identity: services(identity.store.state),
        filters=("type", "name"),
        create=create_service,
        update=update_service,
        delete=delete_service,
    ),
    Listed(
        kind="endpoint",
        spec=ENDPOINT,
        rows=lambda identity: endpoints(identity.store.state, identity.settings),
        filters=("interface", "service_id", "region_id", "region"),
        create=create_endpoint,
        update=update_endpoint,
        delete=delete_endpoint,
    ),
)


def _lister(listed: Listed) -> Handler:
    async def index(request: Request) -> Response:
        enforce(caller(request), f"list_{listed.plural}")
        rows = [_linked(request, listed, row) for row in listed.rows(identity_of(request))]
        return listing(request, listed.plural, rows, filters=listed.filters)

    return index


def _shower(listed: Listed) -> Handler:
    async def show(request: Request) -> Response:
        enforce(caller(request), f"get_{listed.kind}")
        return answer({listed.kind: _row(request, listed, request.path_params["id"])})

    return show


def _creator(listed: Listed) -> Handler:
    async def create(request: Request) -> Response:
        enforce(caller(request), f"create_{listed.kind}")
        values = await _values(request, listed, creating=True)
        chosen = request.path_params.get("id") or values.pop("id", None)
        return await _create(request, listed, chosen or uuid.uuid4().hex, values)

    return create


def _updater(listed: Listed) -> Handler:
    async def update(request: Request) -> Response:
        who, id = caller(request), request.path_params["id"]
        enforce(who, f"update_{listed.kind}")
        _require_made(request, listed, id)
        values = await _values(request, listed, creating=False)
        values.pop("id", None)
        receipt = await execute_for(request, who, listed.update, id, values)
        return answer({listed.kind: _row(request, listed, id)}, receipt=receipt)

    return update


def _deleter(listed: Listed) -> Handler:
    async def delete(request: Request) -> Response:
        who, id = caller(request), request.path_params["id"]
        enforce(who, f"delete_{listed.kind}")
        _require_made(request, listed, id)
        return await delete_for(request, who, listed.delete, listed.kind, id)

    return delete


async def _create(request: Request, listed: Listed, id: str, values: dict[str, Any]) -> Response:
    if any(row["id"] == id for row in listed.rows(identity_of(request))):
        raise DuplicateName(listed.kind, f"Duplicate ID, {id}.")
    receipt = await execute_for(request, caller(request), listed.create, id, values)
    return answer({listed.kind: _row(request, listed, id)}, 201, receipt=receipt)


async def _values(request: Request, listed: Listed, *, creating: bool) -> dict[str, Any]:
    known, extra = checked_body(await json_body(request), listed.spec, creating=creating)
    if listed.kind == "endpoint":
        _require_region(request, known.get("region_id"))
        known.setdefault("region_id", known["region"]) if known.get("region") else None
        if _has_region(request, known.get("region_id")):
            known.pop("region", None)  # the old word for `region_id` makes the region if need be
    if extra:
        known["extra"] = extra
    return known


def _require_region(request: Request, id: str | None) -> None:
    if id and not _has_region(request, id):
        raise BadEndpoint(f"Expecting to find endpoint region_id in region table.{MALFORMED}")


def _has_region(request: Request, id: str | None) -> bool:
    identity = identity_of(request)
    return any(row["id"] == id for row in regions(identity.store.state, identity.settings))


def _row(request: Request, listed: Listed, id: str) -> dict[str, Any]:
    for row in listed.rows(identity_of(request)):
        if row["id"] == id:
            return _linked(request, listed, row)
    raise NoSuchThing(listed.kind, id)


def _linked(request: Request, listed: Listed, row: dict[str, Any]) -> dict[str, Any]:
    base = identity_of(request).settings.identity_url
    return {**row, "links": {"self": f"{base}/{listed.plural}/{row['id']}"}}


def _require_made(request: Request, listed: Listed, id: str) -> None:
    """Raise NoSuchThing, or Forbidden for what follows from the sites."""
    _row(request, listed, id)
    if identity_of(request).store.state.get(listed.kind, id) is None:
        raise Forbidden(f"change {listed.kind} {id}, which follows from the sites")


ROUTES = []
for listed in KINDS:
    path = f"/v3/{listed.plural}"
    for handler, method, where, told in (
        (_lister(listed), "GET", path, f"list {listed.plural}"),
        (_creator(listed), "POST", path, f"make a {listed.kind}"),
        (_shower(listed), "GET", path + "/{id}", f"show a {listed.kind}"),
        (_updater(listed), "PATCH", path + "/{id}", f"change a {listed.kind}"),
        (_deleter(listed), "DELETE", path + "/{id}", f"delete a {listed.kind}"),
    ):
        handler.__doc__ = f"{method} {where}: {told}."
        ROUTES.append(Route(where, handler, methods=[method]))
put_region = _creator(KINDS[0])
put_region.__doc__ = "PUT /v3/regions/{id}: make a region of that ID."
ROUTES.append(Route("/v3/regions/{id}", put_region, methods=["PUT"]))
