"""A session with one site: logs in by password, and again when its token has expired.

The cloud's Keystone is the site's own ("…/identity/v3"), so that the site's other APIs are beside it; or an operator's,
whose catalogue then says where they are.
"""

from typing import Any

import httpx

from weft.client.clouds import DEFAULT_DOMAIN, Cloud
from weft.model import Conflict, Denied, Invalid, NotFound, Unavailable, WeftError

REQUEST_S = 15.0
OWN_IDENTITY = "/identity"  # where a site's own Keystone lives
WEFT_PATH = "/weft/v1"
FAMILIES: dict[int, type[WeftError]] = {400: Invalid, 401: Denied, 403: Denied, 404: NotFound, 409: Conflict}


class Session:
    """Sends requests to a cloud's API. Errors are of the five families, in the site's own words."""

    def __init__(self, cloud: Cloud, *, transport: httpx.BaseTransport | None = None) -> None:
        self._cloud = cloud
        # No proxy of the environment: sites are reached directly. Certificates are only read for https.
        is_tls = cloud.auth_url.startswith("https:")
        self._http = httpx.Client(timeout=REQUEST_S, trust_env=False, verify=is_tls, transport=transport)
        self._token: str | None = None
        self._keystone = cloud.auth_url.rstrip("/").removesuffix("/v3")
        self._root = self._keystone.removesuffix(OWN_IDENTITY)  # of the site; another Keystone's catalogue tells it

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def get(self, path: str, query: dict[str, Any] | None = None, *, patience_s: float = 0.0) -> bytes:
        """Return the body of GET `path` (from the site's root), waiting `patience_s` longer than usual."""
        return self._ask("GET", path, query, None, patience_s)

    def put(self, path: str, body: bytes) -> bytes:
        """Return the answer to PUT `path` with a JSON body."""
        return self._ask("PUT", path, None, body, 0.0)

    def _ask(
        self, method: str, path: str, query: dict[str, Any] | None, body: bytes | None, patience_s: float
    ) -> bytes:
        params = {name: value for name, value in (query or {}).items() if value is not None}
        for attempt in (1, 2):
            if self._token is None:
                self._token = self._log_in()
            response = self._send(
                method,
                self._root + path,
                params=params,
                content=body,
                headers={"X-Auth-Token": self._token},
                timeout=REQUEST_S + patience_s,
            )
            if response.status_code == 401 and attempt == 1:
                self._token = None  # expired: log in again, once
                continue
            break
        if response.is_error:
            raise _error(response)
        return response.content

    def _log_in(self) -> str:
        cloud = self._cloud
        user = {"name": cloud.username, "password": cloud.password}
        body = {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {"user": {**user, "domain": _domain(cloud.user_domain_id, cloud.user_domain_name)}},
                },
                "scope": {
                    "project": {
                        "name": cloud.project_name,
                        "domain": _domain(cloud.project_domain_id, cloud.project_domain_name),
                    }
                },
            }
        }
        response = self._send("POST", f"{self._keystone}/v3/auth/tokens", json=body)
        if response.status_code == 401:
            error = Denied(f"{cloud.auth_url}: the user name or password is wrong, or it has no role in the project")
            error.hint = f"check the cloud {cloud.name} in clouds.yaml"
            raise error
        if response.is_error:
            raise _error(response)
        if not self._keystone.endswith(OWN_IDENTITY):
            self._root = self._site_in(response)
        return response.headers["X-Subject-Token"]

    def _site_in(self, response: httpx.Response) -> str:
        """Return where the catalogue of a token says that Weft is, in the cloud's region if it names one."""
        region = self._cloud.region_name
        for service in response.json()["token"].get("catalog", []):
            for endpoint in service["endpoints"] if service["type"] == "weft" else ():
                if endpoint["interface"] == "public" and region in (None, endpoint["region_id"]):
                    return str(endpoint["url"]).rstrip("/").removesuffix(WEFT_PATH)
        where = f" in region {region}" if region else ""
        error = NotFound(f"{self._cloud.auth_url}: the catalogue has no public endpoint of type weft{where}")
        error.hint = "`openstack endpoint create` one: docs/howto/use-your-keystone.md"
        raise error

    def _send(self, method: str, url: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, url, **more)
        except httpx.TimeoutException as err:
            raise Unavailable(f"{url}: no answer in time") from err
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            error = Unavailable(f"{url}: {err or type(err).__name__}")
            error.hint = "is weftd running there? Any other site answers too: --os-cloud"
            raise error from err


def _domain(id: str | None, name: str | None) -> dict[str, str]:
    return {"name": name} if name and not id else {"id": id or DEFAULT_DOMAIN}


def _error(response: httpx.Response) -> WeftError:
    """Return the error that an answer means, in the answer's words."""
    family = FAMILIES.get(response.status_code, Unavailable)
    hint = None
    try:
        inner = response.json()["error"]
        words, hint = str(inner["message"]), inner.get("hint")
    except (ValueError, KeyError, TypeError, AttributeError):
        words = f"{response.request.url}: {response.status_code} {response.reason_phrase}"
    error = family(words)
    error.hint = hint
    return error
