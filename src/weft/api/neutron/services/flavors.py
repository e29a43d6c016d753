"""`/v2.0/flavors`, `/v2.0/service_profiles` and `/v2.0/service-providers`, described."""

from collections.abc import Collection
from typing import Any

from weft.api.neutron.made import Asked, made_record
from weft.api.neutron.resource import Look, Parent, Resource
from weft.commands.l3.errors import FlavorNotFound
from weft.commands.services.errors import ServiceProfileNotFound
from weft.commands.services.flavors import (
    AddProfile,
    CreateFlavor,
    CreateServiceProfile,
    UpdateFlavor,
    UpdateServiceProfile,
    add_profiles,
    create_flavors,
    create_profiles,
    delete_flavor,
    delete_profile,
    existing_binding,
    remove_profile,
    update_flavor,
    update_profile,
)
from weft.commands.services.providers import PROVIDERS
from weft.store.records import Record
from weft.wire.neutron.services.flavor import FLAVOR, FLAVOR_PROFILE, SERVICE_PROFILE, SERVICE_PROVIDER


def _derive_flavor(record: Record, look: Look) -> dict[str, Any]:
    bindings = look.state.referrers("flavor", record.key.id, "flavor_profile")
    return {"service_profiles": sorted(binding.get("service_profile_id") for binding in bindings)}


def _derive_binding(record: Record, look: Look) -> dict[str, Any]:
    return {"id": record.get("flavor_id")}  # the flavor's: what Neutron answers to giving it a profile


FLAVORS = Resource(
    name="flavor",
    collection="flavors",
    attributes=FLAVOR,
    create_request=CreateFlavor,
    update_request=UpdateFlavor,
    create=create_flavors,
    update=update_flavor,
    delete=delete_flavor,
    not_found=FlavorNotFound,
    derive=_derive_flavor,
)

SERVICE_PROFILES = Resource(
    name="service_profile",
    collection="service_profiles",
    attributes=SERVICE_PROFILE,
    create_request=CreateServiceProfile,
    update_request=UpdateServiceProfile,
    create=create_profiles,
    update=update_profile,
    delete=delete_profile,
    not_found=ServiceProfileNotFound,
)

FLAVOR_PROFILES = Resource(
    name="service_profile",
    collection="service_profiles",
    kind="flavor_profile",
    parent=Parent("flavor", "flavor_id"),
    verbs=frozenset({"show", "create", "delete"}),
    find=existing_binding,
    attributes=FLAVOR_PROFILE,
    create_request=AddProfile,
    create=add_profiles,
    delete=remove_profile,
    not_found=FlavorNotFound,
    derive=_derive_binding,
)


def _providers(look: Look, asked: Asked) -> Collection[Record]:
    return [made_record("service_provider", provider.name, provider._asdict()) for provider in PROVIDERS]


SERVICE_PROVIDERS = Resource(
    name="service_provider",
    collection="service_providers",
    path="service-providers",
    verbs=frozenset({"list"}),
    made=_providers,
    attributes=SERVICE_PROVIDER,
    not_found=ServiceProfileNotFound,
)
