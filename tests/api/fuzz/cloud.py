"""The cloud that is fuzzed: served for real, with callers of every sort, and a way to name what is in it."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
import structlog

from tests.api.serving import PASSWORD, Served, serving
from weft.api.neutron.resources import RESOURCES
from weft.store.kinds import KINDS

USER_PASSWORD = "pw"
STRANGERS_SHARE = 4  # one reference in so many is left as generated, and names nothing

IDENTITY = ("domain", "project", "user", "role", "assignment", "implied_role")

_KIND_OF_PATH = {resource.url_path.split("/")[-1]: resource.record_kind for resource in RESOURCES} | {
    f"{name}s": name
    for name in (
        "user",
        "project",
        "role",
        "domain",
        "node",
        "site",
        "group",
        "region",
        "service",
        "endpoint",
        "credential",
        "trust",
        "limit",
        "registered_limit",
        "application_credential",
        "access_rule",
    )
}
_KIND_OF_PATH |= {"auto-allocated-topology": "project", "quotas": "project"}
_KIND_OF_PATH |= {"dhcp-networks": "network", "l3-routers": "router", "policies": "qos_policy"}
_BY_LENGTH = sorted(KINDS, key=len, reverse=True)  # "port_binding_id" is no port's


class Cloud:
    """What is served, tokens by the caller's name, and what went wrong inside."""

    def __init__(self, served: Served, surprises: list[str]) -> None:
        self.url, self.store, self.surprises = served.url, served.store, surprises
        self.session = requests.Session()
        self.session.trust_env = False  # no proxies
        self.tokens = {"admin": self.log_in("admin", PASSWORD, "admin"), "nobody": "gAAAA-none"}
        for role in ("member", "reader"):
            self._make_caller(role)
        # Who asks must be able to go on asking: nothing that is generated names them.
        self._spared = {record.key for kind in IDENTITY for record in self.store.state.of_kind(kind)}

    def ask(self, method: str, path: str, body: Any = None, caller: str = "admin", **more: Any) -> requests.Response:
        """Send a request."""
        headers = {"X-Auth-Token": self.tokens[caller]} if caller else {}
        return self.session.request(method, self.url + path, json=body, headers=headers, timeout=10, **more)

    def make(self, path: str, what: str, /, **values: Any) -> dict[str, Any]:
        """Create something and return it."""
        answer = self.ask("POST", path, {what: values})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()[what]
        return made

    def log_in(self, user: str, password: str, project: str) -> str:
        """Return a token for a project."""
        domain = {"id": "default"}
        asked = {"methods": ["password"], "password": {"user": {"name": user, "domain": domain, "password": password}}}
        body = {"auth": {"identity": asked, "scope": {"project": {"name": project, "domain": domain}}}}
        answer = self.ask("POST", "/identity/v3/auth/tokens", body, caller="")
        assert answer.status_code == 201, answer.text
        return answer.headers["X-Subject-Token"]

    def _make_caller(self, role: str) -> None:
        """Make a user with a role in a project that all of them share."""
        projects = self.ask("GET", "/identity/v3/projects?name=shop").json()["projects"]
        project = projects[0] if projects else self.make("/identity/v3/projects", "project", name="shop")
        user = self.make("/identity/v3/users", "user", name=role, password=USER_PASSWORD)
        [held] = self.ask("GET", f"/identity/v3/roles?name={role}").json()["roles"]
        grant = f"/identity/v3/projects/{project['id']}/users/{user['id']}/roles/{held['id']}"
        assert self.ask("PUT", grant).status_code == 204
        self.tokens[role] = self.log_in(role, USER_PASSWORD, "shop")

    # ---- generated references → things that are there
    def known(self, kind: str | None, generated: Any) -> Any:
        """Return the ID of something of a kind, chosen by what was generated; or that itself, now and then."""
        there = [each for each in self.store.state.of_kind(kind) if each.key not in self._spared] if kind else []
        found = sorted(there, key=lambda record: record.oldest)
        choice = zlib.crc32(repr(generated).encode())
        if not found or choice % STRANGERS_SHARE == 0:
            return generated
        return found[choice // STRANGERS_SHARE % len(found)].key.id

    def in_path(self, path: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return path parameters that name what is there: each is of the kind that the segment before it says."""
        segments = path.split("/")
        before = {each.strip("{}"): segments[at - 1] for at, each in enumerate(segments) if each.startswith("{")}
        return {name: self.known(_KIND_OF_PATH.get(before[name]), value) for name, value in parameters.items()}

    def in_body(self, value: Any, name: str = "") -> Any:
        """Return a body whose references name what is there."""
        if isinstance(value, dict):
            return {key: self.in_body(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.in_body(inner, name.removesuffix("s") + "_id") for inner in value]
        if isinstance(value, str) and name.endswith("_id"):
            return self.known(next((kind for kind in _BY_LENGTH if name[:-3].endswith(kind)), None), value)
        return value


@contextmanager
def fuzzed_cloud() -> Iterator[Cloud]:
    """Serve a cloud that notes what nobody meant to happen."""
    surprises: list[str] = []
    before = structlog.get_config()
    structlog.configure(processors=[_noting(surprises)], cache_logger_on_first_use=False)
    try:
        with serving() as served:
            yield Cloud(served, surprises)
    finally:
        structlog.configure(**before)


def _noting(surprises: list[str]) -> Callable[[Any, str, structlog.types.EventDict], str]:
    def note(logger: Any, method: str, event: structlog.types.EventDict) -> str:
        if method in ("error", "exception", "critical") or "exc_info" in event:
            surprises.append(str(structlog.processors.format_exc_info(logger, method, event)))
        raise structlog.DropEvent

    return note
