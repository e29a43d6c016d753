"""The catalogue: which API answers where, as seen from the node that is asked.

Its own endpoints come first, in the configured region ("RegionOne"), so clients that name no region use the
site they logged in at. Then every site's, in a region called like the site: `--os-region-name b` talks to b.
"""

from typing import Any

import msgspec

from weft.api.settings import ApiSettings
from weft.commands.identity.bootstrap import bootstrap_id
from weft.store.protocol import State

INTERFACES = ("public", "internal", "admin")


class Service(msgspec.Struct, frozen=True):
    """One entry of the catalogue."""

    type: str
    name: str
    path: str  # behind a site's public URL

    @property
    def id(self) -> str:
        """Same at every site."""
        return bootstrap_id("service", self.type)


SERVICES = (
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


def endpoints(state: State, settings: ApiSettings) -> list[dict[str, Any]]:
    """Return every endpoint in Keystone's form, as GET /v3/endpoints lists them."""
    return [
        {
            "id": bootstrap_id("endpoint", f"{service.type}/{region}/{interface}"),
            "service_id": service.id,
            "interface": interface,
            "region": region,
            "region_id": region,
            "url": url.rstrip("/") + service.path,
            "enabled": True,
        }
        for service in SERVICES
        for region, url in sites_by_region(state, settings).items()
        for interface in INTERFACES
    ]


def catalog(state: State, settings: ApiSettings) -> list[dict[str, Any]]:
    """Return the catalogue as it stands in a token."""
    all_endpoints = endpoints(state, settings)
    return [
        {
            "id": service.id,
            "type": service.type,
            "name": service.name,
            "endpoints": [
                {name: each[name] for name in ("id", "interface", "region", "region_id", "url")}
                for each in all_endpoints
                if each["service_id"] == service.id
            ],
        }
        for service in SERVICES
    ]
