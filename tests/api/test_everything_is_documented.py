"""Every route that is served stands in the OpenAPI document, and every route of the document is served.

Keystone's dialect and ours have tables of routes, which are compared. Neutron's has none: whatever its source has a
word for is tried as a part of a path, below every path that there is.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

import weft.api.neutron
from tests.api.neutron.callers import authenticate
from tests.api.neutron.samples import RECORDED, sample_id, write_samples
from weft.api.caller import Caller
from weft.api.fabric.app import fabric_app
from weft.api.identity.app import identity_app
from weft.api.identity.service import Identity, wall_clock_ms
from weft.api.neutron import neutron_app
from weft.api.openapi import METHODS, openapi_document
from weft.api.settings import ApiSettings
from weft.commands.addressing.segment_ranges import DEFAULTS
from weft.commands.services.agents import DHCP, agent_id, agents_of
from weft.model import Unavailable
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes

DOCUMENT = openapi_document()
DOCUMENTED = {(m, path) for path, item in DOCUMENT["paths"].items() for m in item if m in METHODS}
SETTINGS = ApiSettings(b"s" * 32, public_url="http://127.0.0.1:9696")
PROJECT = "p-admin"
ANYONE = Caller("u-admin", project_id=PROJECT, roles=frozenset({"admin", "member", "reader", "service"}))
SAMPLE_OF_PATH = {
    resource.url_path.rsplit("/", 1)[-1]: sample_id(resource.record_kind, PROJECT) for resource in RECORDED
}
SAMPLE_OF_PATH |= {"agents": agent_id(DHCP, "a1"), "tags": "x"}
SAMPLE_OF_PATH |= {"network-segment-ranges": next(iter(DEFAULTS))}
NO_SUCH_METHOD = "BREW"
SPELLED_OTHERWISE = {("v2.0", "quotas", "project"), ("v2.0", "quotas", "tenant")}  # of /v2.0/quotas/{project_id}


# ---- Keystone's dialect, and ours
def served_by(app: Any, prefix: str) -> set[tuple[str, str]]:
    """Return the method and path of every route; a second spelling with a slash at the end counts as the first."""
    while not isinstance(app, Starlette):
        [app] = [cell.cell_contents for cell in app.__closure__ if callable(cell.cell_contents)]
    routes = [route for route in app.routes if isinstance(route, Route)]
    assert len(routes) == len(app.routes)
    return {(m.lower(), (prefix + each.path).rstrip("/")) for each in routes for m in each.methods or ()}


def documented_below(prefix: str) -> set[tuple[str, str]]:
    return {(method, path) for method, path in DOCUMENTED if path == prefix or path.startswith(prefix + "/")}


def test_what_keystones_dialect_serves():
    app = identity_app(Identity(MemoryStore(), SETTINGS, wall_clock_ms))
    assert served_by(app, "/identity") == documented_below("/identity")


def test_what_our_own_dialect_serves():
    served = served_by(fabric_app(MemoryStore(), SETTINGS, authenticate), "/weft/v1")
    heads = {("head", path) for method, path in served if method == "get"}  # as GET, and not told of twice
    assert served - heads == documented_below("/weft/v1")


# ---- Neutron's dialect
class LookOnly(MemoryStore):
    """Takes no more writes once it is told so: whatever is asked, the samples stay."""

    is_open = True

    async def commit(self, writes: Writes, *, deadline_s: float = 5.0) -> Any:
        """Refuse."""
        if not self.is_open:
            raise Unavailable("for looking only")
        return await super().commit(writes, deadline_s=deadline_s)


class Served:
    """The API over a store with one of everything."""

    def __init__(self, store: LookOnly) -> None:
        self._app = neutron_app(store, lambda token: ANYONE)

    async def has(self, method: str, path: str) -> bool:
        """Tell whether a method of a path is served, whatever the answer."""
        status, body = await self._ask(method, path)
        assert status != 500, (method, path, body)
        return status not in (405, 501) and not (status == 404 and b'"HTTPNotFound"' in body)

    async def knows(self, path: str) -> bool:
        """Tell whether some method of a path is served."""
        if await self.has("GET", path):
            return True
        status, _ = await self._ask(NO_SUCH_METHOD, path)
        return status == 405 and any([await self.has(method.upper(), path) for method in METHODS])

    async def _ask(self, method: str, path: str) -> tuple[int, bytes]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": b""}
        scope["headers"] = [(b"x-auth-token", b"t"), (b"host", b"weft.test")]
        await self._app(scope, receive, send)
        return sent[0]["status"], sent[1]["body"]


@pytest.fixture
async def served() -> Served:
    store = LookOnly(site="a", node="a1")
    agents = [Write(key, values) for key, values in agents_of("a1", "a")]
    node = Write(Key("fabric", "node", "a1"), {"site": "a"})
    await store.commit(Writes((node, *agents)))
    await write_samples(store, PROJECT)
    store.is_open = False
    return Served(store)


def filled(path: str) -> str:
    """Return a path of the document with the names of samples in it."""
    parts: list[str] = []
    for part in path.split("/"):
        before = parts[-1] if parts else ""
        known = {"quotas": PROJECT, "extensions": "quotas", "auto-allocated-topology": PROJECT, **SAMPLE_OF_PATH}
        if part in ("{network_id}", "{router_id}"):
            parts.append(sample_id(part.strip("{}").removesuffix("_id"), PROJECT))
        else:
            parts.append(known.get(before, "x") if part.startswith("{") else part)
    return "/".join(parts)


NETWORK_PATHS = sorted(path for path in DOCUMENT["paths"] if path == "/" or path.startswith("/v2.0"))


def words() -> Iterator[str]:
    """Yield whatever in the API's source may be a part of a path."""
    for file in Path(weft.api.neutron.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from (part for part in node.value.split("/") if re.fullmatch(r"[a-z][a-z0-9_.-]*", part))


def plain(path: str) -> tuple[str, ...]:
    """Return a path's parts in one spelling: hyphens and underscores are one, names of parameters do not count."""
    parts = (part.replace("-", "_") for part in path.split("/") if part)
    return tuple("{}" if part.startswith("{") else part for part in parts)


async def test_what_the_document_says_of_neutrons_dialect_is_served(served):
    wrong = []
    for path in NETWORK_PATHS:
        for method in METHODS:
            is_served = await served.has(method.upper(), filled(path))
            if is_served != ((method, path) in DOCUMENTED):
                wrong.append((method, path, "served" if is_served else "not served"))
    assert not wrong, "\n".join(map(str, wrong))


async def test_whatever_has_a_name_in_neutrons_dialect_is_documented(served):
    known = {plain(path) for path in NETWORK_PATHS}
    found = []
    tried = sorted({word.replace("_", "-") for word in words()})
    assert len(tried) > 300
    above = dict.fromkeys([*NETWORK_PATHS, "/v2.0/qos"])  # no path itself, but has paths below it
    for path in above:
        for word in [*tried, "{id}"]:
            new = f"{path.rstrip('/')}/{word}"
            below = plain(new)
            if below in known or (*below[:-1], "{}") in known or below in SPELLED_OTHERWISE:
                continue  # it, or a name where any name may stand
            if await served.knows(filled(new)):
                found.append(new)
    assert not found, "\n".join(found)
