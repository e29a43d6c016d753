"""/v3/policies: texts that a service may fetch; Weft itself looks at none of them."""

from typing import Any

from weft.api.identity.policy import About
from weft.api.identity.resource import Resource, Values, crud
from weft.commands.identity.plain import Plain
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.resources import POLICY


def _shown(record: Record) -> dict[str, Any]:
    return {"type": record.get("type"), "blob": record.get("blob")}


def _about(state: State, values: Values) -> About:
    return About()


_PLAIN = Plain("policy")
POLICIES = Resource(
    kind="policy",
    plural="policies",
    spec=POLICY,
    shown=_shown,
    filters=("type",),
    create=_PLAIN.create,
    update=_PLAIN.update,
    delete=_PLAIN.delete,
    about=_about,
)
ROUTES = crud(POLICIES)
