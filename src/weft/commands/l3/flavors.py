"""Which flavor a router has, and what that allows. Source: neutron, services/l3_router/service_providers/.

The providers that profiles name are Neutron's; here they decide no more than what may be asked of the router.
"""

from typing import Any, NamedTuple

from weft.commands.errors import InvalidInput
from weft.commands.l3.errors import FlavorNotFound
from weft.commands.services.errors import (
    FlavorServiceProfileBindingNotFound,
    ServiceProfileDisabled,
    ServiceProfileDriverNotFound,
)
from weft.commands.services.providers import PROVIDERS
from weft.store.kinds.services import FLAVOR, FLAVOR_PROFILE, SERVICE_PROFILE
from weft.store.protocol import State


class Abilities(NamedTuple):
    """What a provider's routers are, always or never."""

    distributed: bool
    ha: bool


ABILITIES = {  # the class attributes of Neutron's providers: MANDATORY, or UNSUPPORTED
    "dvrha": Abilities(distributed=True, ha=True),
    "dvr": Abilities(distributed=True, ha=False),
    "ha": Abilities(distributed=False, ha=True),
    "single_node": Abilities(distributed=False, ha=False),
}


def checked_flavor(state: State, flavor_id: Any, *, distributed: Any, ha: Any) -> str:
    """Return the ID of a flavor whose provider makes such routers; what is neither True nor False was not asked for.

    Raises FlavorNotFound, for null too; FlavorServiceProfileBindingNotFound, ServiceProfileDisabled,
    ServiceProfileDriverNotFound, InvalidInput.
    """
    if not isinstance(flavor_id, str) or state.get(FLAVOR.name, flavor_id) is None:
        raise FlavorNotFound(flavor_id)
    provider = _provider(state, flavor_id)
    if wrong := _unsupported(provider, distributed=distributed, ha=ha):
        raise InvalidInput(f"Provider {provider} does not support {wrong}")
    return flavor_id


def check_flavor_allows(state: State, flavor_id: str | None, *, distributed: Any, ha: Any) -> None:
    """Raise InvalidInput if a router of this flavor cannot become such a one."""
    if flavor_id is None or (distributed not in (True, False) and ha not in (True, False)):
        return
    if _unsupported(_provider(state, flavor_id), distributed=distributed, ha=ha):
        raise InvalidInput(
            "Changing the 'ha' and 'distributed' attributes on a router associated with a flavor is not supported"
        )


def _provider(state: State, flavor_id: str) -> str:
    """Return the name of the provider that a flavor's first profile names."""
    bindings = sorted(
        state.referrers(FLAVOR.name, flavor_id, FLAVOR_PROFILE.name), key=lambda binding: (binding.oldest, binding.key)
    )
    if not bindings:
        raise FlavorServiceProfileBindingNotFound("", flavor_id)
    profile = state.get(SERVICE_PROFILE.name, bindings[0].get("service_profile_id"))
    if profile is None or not profile.get("enabled", True):
        raise ServiceProfileDisabled
    for provider in PROVIDERS:
        if provider.driver == profile.get("driver"):
            return provider.name
    raise ServiceProfileDriverNotFound(profile.get("driver"))


def _unsupported(provider: str, *, distributed: Any, ha: Any) -> str:
    abilities = ABILITIES[provider]
    for name, asked, able in (("distributed", distributed, abilities.distributed), ("ha", ha, abilities.ha)):
        if asked in (True, False) and asked != able:
            return f"{name}={asked}"
    return ""
