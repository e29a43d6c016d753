"""A site's API as the lab uses it: plain HTTP, as any hypervisor or portal would, with nothing private.

Any node of the site answers; the first that is up is taken.
"""

import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import httpx

from weft.lab.layout import Node
from weft.model import Conflict, Denied, Invalid, NotFound, Unavailable, WeftError

REQUEST_S = 20.0
STARTING_S = 20.0  # how long a site may say that its identity service is starting
PAUSE_S = 0.2
ERRORS: dict[int, type[WeftError]] = {400: Invalid, 401: Denied, 403: Denied, 404: NotFound, 409: Conflict}

Body = dict[str, Any]


class SiteApi:
    """A session with one site, as one user of one project."""

    def __init__(self, nodes: Sequence[Node], user: str, password: str, project: str) -> None:
        self._nodes = nodes
        self._login = (user, password, project)
        self._client: httpx.Client | None = None
        self.token = ""

    def __enter__(self) -> "SiteApi":
        return self

    def __exit__(self, *_: object) -> None:
        if self._client:
            self._client.close()

    # ---- verbs: raise one of the five families, with the site's own words
    def get(self, path: str, **query: Any) -> Body:
        return self.request("GET", path, params=query)

    def post(self, path: str, body: Body) -> Body:
        return self.request("POST", path, json=body)

    def put(self, path: str, body: Body | None = None) -> Body:
        return self.request("PUT", path, json=body) if body is not None else self.request("PUT", path)

    def delete(self, path: str) -> None:
        self.request("DELETE", path)

    def request(self, method: str, path: str, **more: Any) -> Body:
        """Return the answer's body, {} if it has none."""
        response = self.send(method, path, **more)
        body: Body = response.json() if response.content else {}
        return body

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the whole answer of a request that succeeded."""
        client = self._connected()
        try:
            response = client.request(method, path, **more)
        except httpx.HTTPError as err:
            raise Unavailable(f"{method} {client.base_url}{path}: {err or type(err).__name__}") from err
        if response.is_error:
            raise api_error(response)
        return response

    # ---- the two things asked for by name or by ID
    def find(self, kind: str, name_or_id: str) -> Body:
        """Return the `kind` ("network", "port"…) with that ID or, if there is none, the one of that name."""
        for key in ("id", "name"):
            found: list[Body] = self.get(f"/v2.0/{kind}s", **{key: name_or_id})[f"{kind}s"]
            if len(found) > 1:
                raise Conflict(f"{len(found)} {kind}s are called {name_or_id!r}: give the ID")
            if found:
                return found[0]
        raise NotFound(f"no {kind} with the name or ID {name_or_id!r}")

    # ---- connecting
    def _connected(self) -> httpx.Client:
        if self._client is None:
            self._client = self._log_in()
        return self._client

    def _log_in(self) -> httpx.Client:
        troubles = []
        for node in self._nodes:
            client = http_client(REQUEST_S, node.api_url)
            try:
                response = self._ask_for_token(client)
            except httpx.HTTPError as err:
                client.close()
                troubles.append(f"{node.name}: {err or type(err).__name__}")
                continue
            if response.is_error:
                client.close()
                raise api_error(response)
            self.token = response.headers["X-Subject-Token"]
            client.headers["X-Auth-Token"] = self.token
            return client
        error = Unavailable(f"no API of site {self._nodes[0].site} answers ({'; '.join(troubles)})")
        error.hint = f"weft lab start {self._nodes[0].site}"
        raise error

    def _ask_for_token(self, client: httpx.Client) -> httpx.Response:
        """Ask, and go on asking while the site says that it is only starting: a busy machine takes its time."""
        deadline = time.monotonic() + STARTING_S
        while True:
            response = client.post("/identity/v3/auth/tokens", json=auth_body(*self._login))
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                return response
            time.sleep(PAUSE_S)


def http_client(timeout_s: float, base_url: str = "") -> httpx.Client:
    """Return a client for plain HTTP that no proxy setting leads astray.

    `verify=False` only spares the reading of all certificate authorities, 30 ms: there is no TLS in the lab.
    """
    return httpx.Client(base_url=base_url, timeout=timeout_s, trust_env=False, verify=False)


def auth_body(user: str, password: str, project: str) -> Body:
    """Return the body of a Keystone v3 password login into a project of the default domain."""
    default = {"id": "default"}
    return {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": user, "domain": default, "password": password}},
            },
            "scope": {"project": {"name": project, "domain": default}},
        }
    }


def api_error(response: httpx.Response) -> WeftError:
    """Return the error that an answer means, in the answer's words (Neutron's or Keystone's body)."""
    family = ERRORS.get(response.status_code, Unavailable)
    try:
        body = response.json()
        inner = body.get("NeutronError") or body.get("error") or body
        words = inner.get("message") or str(inner)
    except (ValueError, AttributeError):
        words = response.text[:200]
    request = response.request
    return family(f"{request.method} {request.url}: {response.status_code}: {words}")
