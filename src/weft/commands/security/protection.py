"""What guards a port: port security, its groups, and the addresses it may use besides its own.

Source: neutron, plugins/ml2/plugin.py (_portsec_ext_…), db/securitygroups_db.py, services of the extensions.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from weft.commands.context import Context
from weft.commands.errors import SecurityGroupNotFound
from weft.commands.security.default_group import default_group_id, default_group_writes
from weft.commands.security.errors import (
    AddressPairAndPortSecurityRequired,
    PortSecurityAndIPRequiredForSecurityGroups,
    PortSecurityPortHasSecurityGroup,
    SecurityGroupConflict,
)
from weft.commands.security.usable import is_usable
from weft.store.kinds import SECURITY_GROUP
from weft.store.protocol import State
from weft.store.records import Record
from weft.store.writes import Write

Groups = list[str] | UnsetType
Pairs = list[dict[str, Any]]

NETWORK_OWNED = "network:"  # device_owner of what the cloud itself plugs in: routers, DHCP; neutron-lib, utils/net.py


class Protector:
    """Decides it for the ports of one decision; `writes` are the default groups that had to be made on the way."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context = state, context
        self._ready: set[str] = set()  # projects whose default group is there, or will be
        self.writes: list[Write] = []

    def of_new_port(
        self,
        network: Record,
        project_id: str,
        device_owner: str,
        secured: bool | UnsetType,
        groups: Groups,
        pairs: Pairs,
    ) -> dict[str, Any]:
        """Return port_security_enabled and security_groups.

        Nothing said: secured as the network says, in the project's default group. The cloud's own devices are
        trusted. Raises AddressPairAndPortSecurityRequired, PortSecurityAndIPRequiredForSecurityGroups,
        SecurityGroupNotFound, SecurityGroupConflict.
        """
        is_trusted = device_owner.startswith(NETWORK_OWNED)
        if is_trusted:
            secured = False
        elif isinstance(secured, UnsetType):
            secured = bool(network.get("port_security_enabled", True))
        if not secured:
            if pairs:
                raise AddressPairAndPortSecurityRequired
            if not isinstance(groups, UnsetType) and groups:
                raise PortSecurityAndIPRequiredForSecurityGroups
            return {"port_security_enabled": False, "security_groups": []}
        if isinstance(groups, UnsetType):
            return {"port_security_enabled": True, "security_groups": [self._default_group(project_id)]}
        return {"port_security_enabled": True, "security_groups": self.checked(groups, project_id)}

    def checked(self, groups: Sequence[str], *projects: str | None) -> list[str]:
        """Return groups that a port may have: those that one of the projects, its owner's or the asker's, may use.

        Raises SecurityGroupNotFound, SecurityGroupConflict.
        """
        missing, stateful = [], set()
        for group_id in groups:
            group = self._state.get(SECURITY_GROUP.name, group_id)
            if group is None or not any(is_usable(self._state, group, one, self._context) for one in projects):
                missing.append(group_id)
            else:
                stateful.add(bool(group.get("stateful", True)))
        if missing:
            raise SecurityGroupNotFound(", ".join(missing))
        if len(stateful) > 1:
            raise SecurityGroupConflict(
                "Cannot apply both stateful and stateless security groups on the same port at the same time"
            )
        return list(groups)

    def _default_group(self, project_id: str) -> str:
        if project_id not in self._ready:
            self._ready.add(project_id)
            self.writes += default_group_writes(self._state, project_id)
        return default_group_id(project_id)


def check_update(port: Record, values: dict[str, Any]) -> None:
    """Refuse what goes against port security once `values`, what the request gives, are in place.

    Raises AddressPairAndPortSecurityRequired, PortSecurityAndIPRequiredForSecurityGroups,
    PortSecurityPortHasSecurityGroup.
    """
    if values.get("port_security_enabled", port.get("port_security_enabled", True)):
        return
    if values.get("allowed_address_pairs", port.get("allowed_address_pairs")):
        raise AddressPairAndPortSecurityRequired
    if values.get("security_groups"):
        raise PortSecurityAndIPRequiredForSecurityGroups
    if "security_groups" not in values and port.get("security_groups"):
        raise PortSecurityPortHasSecurityGroup


def given(**values: Any) -> dict[str, Any]:
    """Return the values that are not UNSET."""
    return {name: value for name, value in values.items() if value is not UNSET}
