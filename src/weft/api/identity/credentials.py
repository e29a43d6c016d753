"""/v3/credentials, and EC2 keys by their own path: what a user keeps here for other services.

Weft itself lets nobody in by them. Who came in with limited rights neither sees nor makes any.
"""

import hashlib
import uuid
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weft.api.caller import Caller
from weft.api.identity.http import answer, execute_for, identity_of, json_body, nothing
from weft.api.identity.limited import is_limited
from weft.api.identity.listing import list_links, listing
from weft.api.identity.policy import About, Forbidden, enforce
from weft.commands.identity.directory import NoSuchThing, require
from weft.commands.identity.plain import Plain
from weft.store.records import Record
from weft.wire.keystone.fields import MALFORMED, BadBody, checked_body
from weft.wire.keystone.resources import CREDENTIAL

EC2 = "ec2"
_PLAIN = Plain("credential")


async def index(request: Request) -> Response:
    """GET /v3/credentials: one's own; those who see everything see everyone's."""
    identity, who = identity_of(request), _undelegated(request)
    state = identity.store.state
    sees_all = who.is_admin or (who.system_scope is not None and "reader" in who.roles)
    found = state.of_kind("credential") if sees_all else state.lookup("credential", "user_id", who.user_id)
    return listing(request, "credentials", [_body(request, each) for each in found], filters=("user_id", "type"))


async def show(request: Request) -> Response:
    """GET /v3/credentials/{id}."""
    return answer({"credential": _body(request, _found(request, _undelegated(request), "get_credential"))})


async def create(request: Request) -> Response:
    """POST /v3/credentials: an EC2 key's ID follows from its public half."""
    identity, who = identity_of(request), _undelegated(request)
    known, extra = checked_body(await json_body(request), CREDENTIAL, creating=True)
    known.setdefault("user_id", who.user_id)
    enforce(who, "create_credential", About(user_id=known["user_id"]))
    require(identity.store.state, "user", known["user_id"])
    if known["type"].lower() == EC2 and not known.get("project_id"):
        raise BadBody(f"Expecting to find project_id in credential.{MALFORMED}")
    id = _ec2_id(_access_of(known["blob"])) if known["type"].lower() == EC2 else uuid.uuid4().hex
    values = {**_sealed(request, known), **({"extra": extra} if extra else {})}
    receipt = await execute_for(request, who, _PLAIN.create, id, {"project_id": None, **values})
    made = require(identity.store.state, "credential", id)
    return answer({"credential": _body(request, made)}, 201, receipt=receipt)


async def update(request: Request) -> Response:
    """PATCH /v3/credentials/{id}."""
    who = _undelegated(request)
    found = _found(request, who, "update_credential")
    known, extra = checked_body(await json_body(request), CREDENTIAL, creating=False)
    enforce(who, "update_credential", About(user_id=known.get("user_id", found.get("user_id"))))
    if "blob" in known and found.get("type") == EC2:
        _access_of(known["blob"])
    values = {**_sealed(request, known), **({"extra": extra} if extra else {})}
    receipt = await execute_for(request, who, _PLAIN.update, found.key.id, values)
    changed = require(identity_of(request).store.state, "credential", found.key.id)
    return answer({"credential": _body(request, changed)}, receipt=receipt)


async def delete(request: Request) -> Response:
    """DELETE /v3/credentials/{id}."""
    who = _undelegated(request)
    found = _found(request, who, "delete_credential")
    return nothing(await execute_for(request, who, _PLAIN.delete, found.key.id, {}))


async def ec2_index(request: Request) -> Response:
    """GET /v3/users/{user}/credentials/OS-EC2."""
    identity, user_id = identity_of(request), request.path_params["user"]
    enforce(_undelegated(request), "ec2_list_credentials", About(user_id=user_id))
    require(identity.store.state, "user", user_id)
    found = identity.store.state.lookup("credential", "user_id", user_id)
    rows = [_ec2_body(request, each) for each in found if each.get("type") == EC2]
    return answer({"credentials": rows, "links": list_links(request)})


async def ec2_create(request: Request) -> Response:
    """POST /v3/users/{user}/credentials/OS-EC2: a new pair of keys for a project."""
    identity, who, user_id = identity_of(request), _undelegated(request), request.path_params["user"]
    enforce(who, "ec2_create_credential", About(user_id=user_id))
    body = await json_body(request)
    project_id = body.get("tenant_id") if isinstance(body, dict) else None
    if not isinstance(project_id, str):
        raise BadBody(f"Expecting to find tenant_id in request body.{MALFORMED}")
    require(identity.store.state, "user", user_id)
    require(identity.store.state, "project", project_id)
    keys = {"access": uuid.uuid4().hex, "secret": uuid.uuid4().hex, "trust_id": None}
    blob = msgspec.json.encode(keys).decode()
    values = _sealed(request, {"user_id": user_id, "project_id": project_id, "type": EC2, "blob": blob})
    id = _ec2_id(str(keys["access"]))
    receipt = await execute_for(request, who, _PLAIN.create, id, values)
    made = require(identity.store.state, "credential", id)
    return answer({"credential": _ec2_body(request, made)}, 201, receipt=receipt)


async def ec2_show(request: Request) -> Response:
    """GET /v3/users/{user}/credentials/OS-EC2/{access}."""
    return answer({"credential": _ec2_body(request, _found_ec2(request, _undelegated(request), "ec2_get_credential"))})


async def ec2_delete(request: Request) -> Response:
    """DELETE /v3/users/{user}/credentials/OS-EC2/{access}."""
    who = _undelegated(request)
    found = _found_ec2(request, who, "ec2_delete_credential")
    return nothing(await execute_for(request, who, _PLAIN.delete, found.key.id, {}))


def _undelegated(request: Request) -> Caller:
    opened = identity_of(request).open_token(request.headers.get("X-Auth-Token"))
    if is_limited(opened.token):
        raise Forbidden("Delegated tokens cannot access credentials directly")
    return opened.caller


def _found(request: Request, who: Caller, action: str) -> Record:
    found = identity_of(request).store.state.get("credential", request.path_params["id"])
    enforce(who, action, About(user_id=found.get("user_id") if found else None))
    return require(identity_of(request).store.state, "credential", request.path_params["id"])


def _found_ec2(request: Request, who: Caller, action: str) -> Record:
    access, user_id = request.path_params["access"], request.path_params["user"]
    found = identity_of(request).store.state.get("credential", _ec2_id(access))
    if found is None or found.get("type") != EC2:
        raise NoSuchThing("credential", access)
    # The owner's path only shows who asks for what is their own: an administrator finds it by any.
    enforce(who, action, About(user_id=user_id if found.get("user_id") == user_id else None))
    return found


def _ec2_id(access: str) -> str:
    return hashlib.sha256(access.encode()).hexdigest()


def _access_of(blob: str) -> str:
    """Return the public half of an EC2 key. Raises BadBody."""
    try:
        access = msgspec.json.decode(blob, type=dict[str, object]).get("access")
    except (msgspec.DecodeError, RecursionError) as err:
        raise BadBody("Invalid blob in credential") from err
    if not isinstance(access, str):
        raise BadBody(f"Expecting to find access in credential.{MALFORMED}")
    return access


def _sealed(request: Request, known: dict[str, Any]) -> dict[str, Any]:
    if "blob" in known:
        known["sealed_blob"] = identity_of(request).sealer.seal(known.pop("blob"))
    return known


def _body(request: Request, record: Record) -> dict[str, Any]:
    identity = identity_of(request)
    known = {name: record.get(name) for name in ("user_id", "project_id", "type")}
    links = {"self": f"{identity.settings.identity_url}/credentials/{record.key.id}"}
    blob = identity.sealer.open(record.get("sealed_blob"))
    return {**(record.get("extra") or {}), "id": record.key.id, **known, "blob": blob, "links": links}


def _ec2_body(request: Request, record: Record) -> dict[str, Any]:
    identity, user_id = identity_of(request), record.get("user_id")
    keys = identity.sealer.open_object(record.get("sealed_blob"))
    path = f"/users/{user_id}/credentials/OS-EC2/{keys.get('access')}"
    told = {name: keys.get(name) for name in ("access", "secret", "trust_id")}
    links = {"self": identity.settings.identity_url + path}
    return {"user_id": user_id, "tenant_id": record.get("project_id"), **told, "links": links}


_EC2_PATH = "/v3/users/{user}/credentials/OS-EC2"
ROUTES = [
    Route("/v3/credentials", index, methods=["GET"]),
    Route("/v3/credentials", create, methods=["POST"]),
    Route("/v3/credentials/{id}", show, methods=["GET"]),
    Route("/v3/credentials/{id}", update, methods=["PATCH"]),
    Route("/v3/credentials/{id}", delete, methods=["DELETE"]),
    Route(_EC2_PATH, ec2_index, methods=["GET"]),
    Route(_EC2_PATH, ec2_create, methods=["POST"]),
    Route(_EC2_PATH + "/{access}", ec2_show, methods=["GET"]),
    Route(_EC2_PATH + "/{access}", ec2_delete, methods=["DELETE"]),
]
