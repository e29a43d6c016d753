"""/v3/OS-OAUTH1/consumers: programs that a user may let act for them, one day: nobody is given such a token yet.

Source: keystone, api/os_oauth1.py.
"""

import uuid
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from weft.api.caller import Caller
from weft.api.identity.http import answer, caller, execute_for, identity_of, json_body
from weft.api.identity.policy import About, enforce
from weft.api.identity.resource import Resource, Values, crud
from weft.commands.identity.directory import require
from weft.commands.identity.plain import Plain
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import BadBody, checked_body
from weft.wire.keystone.resources import CONSUMER


def _shown(record: Record) -> dict[str, Any]:
    return {"description": record.get("description")}


def _about(state: State, values: Values) -> About:
    return About()


async def _without_secret(request: Request, who: Caller, values: dict[str, Any], creating: bool) -> dict[str, Any]:
    if "secret" in values.get("extra", {}):
        raise BadBody("Cannot change consumer secret")
    return values


_PLAIN = Plain("consumer")
CONSUMERS = Resource(
    kind="consumer",
    plural="consumers",
    prefix="OS-OAUTH1/",
    spec=CONSUMER,
    shown=_shown,
    create=_PLAIN.create,
    update=_PLAIN.update,
    delete=_PLAIN.delete,
    about=_about,
    prepare=_without_secret,
)


async def create(request: Request) -> Response:
    """POST /v3/OS-OAUTH1/consumers: the one time that its secret is told."""
    identity, who = identity_of(request), caller(request)
    enforce(who, "create_consumer")
    known, extra = checked_body(await json_body(request), CONSUMER, creating=True)
    extra.pop("secret", None)  # ours to choose
    id, secret = uuid.uuid4().hex, uuid.uuid4().hex
    sealed = identity.sealer.seal(msgspec.json.encode({"secret": secret}).decode())
    values = {"description": None, **known, "sealed_blob": sealed, **({"extra": extra} if extra else {})}
    receipt = await execute_for(request, who, CONSUMERS.create, id, values)
    made = require(identity.store.state, "consumer", id)
    body = {**CONSUMERS.body(made, identity.settings.identity_url), "secret": secret}
    return answer({"consumer": body}, 201, receipt=receipt)


ROUTES = crud(CONSUMERS, create=create)
