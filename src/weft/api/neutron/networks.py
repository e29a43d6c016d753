"""`/v2.0/networks`, described."""

from collections.abc import Sequence
from typing import Any

from weft.api.neutron.resource import Look, Match, Resource
from weft.api.neutron.security.default_group import ensure_default_group
from weft.commands.addressing.network_segments import Segment, segments_of
from weft.commands.addressing.scoping import scopes_of
from weft.commands.deleting import deletion
from weft.commands.errors import NetworkNotFound
from weft.commands.networks import CreateNetwork, UpdateNetwork, create_networks, delete_network, update_network
from weft.commands.sharing.entries import is_external
from weft.store.pools import live_sites
from weft.store.records import Record
from weft.wire.neutron.network import NETWORK
from weft.wire.neutron.types import to_boolean


def _derive(record: Record, look: Look) -> dict[str, Any]:
    subnets = look.state.referrers("network", record.key.id, "subnet")
    scopes = scopes_of(look.state, subnets)
    external = is_external(look.state, record.key.id)
    return {
        **({"is_default": record.get("is_default", False)} if external else {}),
        "router:external": external,
        "subnets": sorted(subnet.key.id for subnet in subnets),
        "status": "ACTIVE",
        "availability_zones": record.get("availability_zone_hints") or sorted(live_sites(look.state)),
        "ipv4_address_scope": scopes.get(4),
        "ipv6_address_scope": scopes.get(6),
        "l2_adjacency": not any(subnet.get("segment_id") for subnet in subnets),
        **_provider(segments_of(look.state, record)),
    }


def _provider(segments: Sequence[Segment]) -> dict[str, Any]:
    """Return the provider attributes of a network with these segments, or what stands for them if they are several."""
    if len(segments) > 1:
        return {"segments": [_provider([segment]) for segment in segments]}
    values = (segments[0].network_type, segments[0].physical_network, segments[0].segmentation_id) if segments else ()
    names = ("provider:network_type", "provider:physical_network", "provider:segmentation_id")
    return dict(zip(names, values or (None, None, None), strict=True))


def _default_filter(values: Sequence[str]) -> Match:
    wanted = {to_boolean(value) for value in values}
    return lambda record: record.get("is_default", False) in wanted


NETWORKS = Resource(
    name="network",
    collection="networks",
    attributes=NETWORK,
    create_request=CreateNetwork,
    update_request=UpdateNetwork,
    create=create_networks,
    update=update_network,
    delete=deletion("network", delete_network),
    not_found=NetworkNotFound,
    derive=_derive,
    needs_marker=True,
    filters={"is_default": _default_filter},
    ensure=ensure_default_group,
)
