"""Wires the three dialects into one application: /identity (Keystone), /weft/v1 (ours), the rest Neutron's."""

from collections.abc import Callable

from starlette.types import ASGIApp

from weft.api.access_rules import AccessRules
from weft.api.fabric.app import fabric_app
from weft.api.gate import Gate
from weft.api.identity.app import identity_app
from weft.api.identity.service import Identity, wall_clock_ms
from weft.api.keystone.elsewhere import elsewhere
from weft.api.keystone.gate import KeystoneGate
from weft.api.neutron.app import neutron_app
from weft.api.neutron.policy import Policy
from weft.api.prefixes import Prefixes
from weft.api.service_tokens import authenticator_for_services, with_service_tokens
from weft.api.settings import ApiSettings
from weft.store.protocol import Store


def create_app(store: Store, settings: ApiSettings, *, now_ms: Callable[[], int] = wall_clock_ms) -> ASGIApp:
    """Return the API of one weftd. Its state is `store`; make as many applications of it as you like."""
    if settings.keystone_authtoken:
        return Gate(_with_keystone(store, settings))
    identity = Identity(store, settings, now_ms)
    rooms: dict[str, ASGIApp] = {
        "/identity": AccessRules(identity_app(identity), "identity", store, identity.authenticate),
        "/weft/v1": AccessRules(
            fabric_app(store, settings, identity.authenticate), "weft", store, identity.authenticate
        ),
    }
    authenticate = authenticator_for_services(identity)
    neutron = neutron_app(store, authenticate, Policy(settings.policy_file))
    network = with_service_tokens(AccessRules(neutron, "network", store, authenticate))
    return Gate(Prefixes(rooms, otherwise=network))


def _with_keystone(store: Store, settings: ApiSettings) -> ASGIApp:
    """Return the API where an operator's own Keystone says who is who. Raises BadAuthtoken."""
    gate = KeystoneGate(settings.keystone_authtoken)
    rooms: dict[str, ASGIApp] = {
        "/identity": elsewhere(gate.uri),
        "/weft/v1": fabric_app(store, settings, gate.authenticate),
    }
    neutron = neutron_app(store, gate.authenticate, Policy(settings.policy_file))
    return gate.around(Prefixes(rooms, otherwise=neutron))
