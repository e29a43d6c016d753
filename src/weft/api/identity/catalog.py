"""The catalogue: which API answers where, as seen from the node that is asked.

Its own endpoints come first, in the configured region ("RegionOne"), so clients that name no region use the
site they logged in at. Then every site's, in a region called like the site: `--os-region-name b` talks to b.
These follow from the sites' own records; beside them stand the services that an operator registered.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from weft.api.settings import ApiSettings
from weft.commands.identity.bootstrap import bootstrap_id
from weft.commands.identity.directory import Scope
from weft.store.protocol import State

INTERFACES = ("public", "internal", "admin")


class Service(msgspec.Struct, frozen=True):
    """One of Weft's own."""

    type: str
    name: str
    path: str  # behind a site's public URL

    @property
    def id(self) -> str:
        """Same at every site."""
        return bootstrap_id("service", self.type)


OWN_SERVICES = (
    Service("identity", "keystone", "/identity/v3"),
    Service("network", "neutron", ""),  # no version: the network clients look for /v2.0 themselves
    Service("weft", "weft", "/weft/v1"),
)


def sites_by_region(state: State, settings: ApiSettings) -> dict[str, str]:
    """Return region → base URL, the answering node's own region first."""
    regions = {settings.region: settings.public_url}
    for site in sorted(state.of_kind("site"), key=lambda record: record.key.id):
        url = site.get("api_url")
        if url and not site.get("dead"):
            regions.setdefault(site.key.id, url)
    return regions


def regions(state: State, settings: ApiSettings) -> list[dict[str, Any]]:
    """Return every region in Keystone's form: the sites', then an operator's."""
    derived: list[dict[str, Any]] = [
        {"id": region, "description": f"API at {url}", "parent_region_id": None}
        for region, url in sites_by_region(state, settings).items()
    ]
    taken = {each["id"] for each in derived}
    made = [
        {
            **(each.get("extra") or {}),
            "id": each.key.id,
            "description": each.get("description") or "",
            "parent_region_id": each.get("parent_region_id"),
        }
        for each in state.of_kind("region")
        if each.key.id not in taken
    ]
    return derived + made


def services(state: State) -> list[dict[str, Any]]:
    """Return every service in Keystone's form: Weft's own, then an operator's."""
    own: list[dict[str, Any]] = [
        {"id": each.id, "type": each.type, "name": each.name, "enabled": True, "description": ""}
        for each in OWN_SERVICES
    ]
    made = [
        {
            **(each.get("extra") or {}),
            "id": each.key.id,
            "type": each.get("type"),
            "enabled": each.get("enabled") is not False,
            **{name: each.get(name) for name in ("name", "description") if each.get(name) is not None},
        }
        for each in state.of_kind("service")
    ]
    return own + made


def endpoints(state: State, settings: ApiSettings) -> list[dict[str, Any]]:
    """Return every endpoint in Keystone's form, as GET /v3/endpoints lists them."""
    made = [
        {
            **(each.get("extra") or {}),
            "id": each.key.id,
            "service_id": each.get("service_id"),
            "interface": each.get("interface"),
            "region": each.get("region_id"),
            "region_id": each.get("region_id"),
            "url": each.get("url"),
            "enabled": each.get("enabled") is not False,
            **{name: each.get(name) for name in ("name", "description") if each.get(name) is not None},
        }
        for each in state.of_kind("endpoint")
    ]
    return [*_derived_endpoints(state, settings), *made]


def catalog(state: State, settings: ApiSettings, scope: Scope) -> list[dict[str, Any]]:
    """Return the catalogue as it stands in a token for `scope`, which fills the gaps in operators' URLs."""
    by_service: dict[str, list[dict[str, Any]]] = {}
    every = endpoints(state, settings)
    chosen = endpoints_of_project(state, every, scope.id) if scope.kind == "project" else []
    for each in chosen or every:
        url = _filled(str(each["url"]), scope)
        if each["enabled"] and url is not None:
            told = {name: each[name] for name in ("id", "interface", "region", "region_id")}
            by_service.setdefault(str(each["service_id"]), []).append({**told, "url": url})
    return [
        {
            "id": each["id"],
            "type": each["type"],
            "name": each.get("name") or "",
            "endpoints": by_service.get(each["id"], []),
        }
        for each in services(state)
        if each["enabled"] and (not chosen or each["id"] in by_service)
    ]


def endpoints_of_project(state: State, every: list[dict[str, Any]], project_id: str) -> list[dict[str, Any]]:
    """Return those of `every` that the project was given, one by one or in groups; none if all are for it."""
    own = {each.get("endpoint_id") for each in state.lookup("project_endpoint", "project_id", project_id)}
    joined = state.lookup("project_endpoint_group", "project_id", project_id)
    groups = [state.get("endpoint_group", each.get("endpoint_group_id") or "") for each in joined]
    filters = [group.get("filters") or {} for group in groups if group is not None]
    return [each for each in every if each["id"] in own or any(is_in_group(each, of) for of in filters)]


def is_in_group(endpoint: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    """Whether an endpoint is as the filters of an endpoint group say."""
    return all(endpoint.get(name) == value for name, value in filters.items())


def _derived_endpoints(state: State, settings: ApiSettings) -> Iterable[dict[str, Any]]:
    for service in OWN_SERVICES:
        for region, url in sites_by_region(state, settings).items():
            for interface in INTERFACES:
                yield {
                    "id": bootstrap_id("endpoint", f"{service.type}/{region}/{interface}"),
                    "service_id": service.id,
                    "interface": interface,
                    "region": region,
                    "region_id": region,
                    "url": url.rstrip("/") + service.path,
                    "enabled": True,
                }


def _filled(url: str, scope: Scope) -> str | None:
    """Return the URL with the project put in; None if it needs one and the token is for none (as Keystone does)."""
    for gap in ("$(project_id)s", "%(project_id)s", "$(tenant_id)s", "%(tenant_id)s"):
        if gap in url:
            if scope.kind != "project":
                return None
            url = url.replace(gap, scope.id)
    return url
