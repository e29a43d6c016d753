"""A router and its ports while one decision changes them.

What a request asks of a router is often several steps of Neutron's, each of which looks at what the one before
did. Here the steps work on a draft, and all of it becomes one commit.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from weft.commands.addresses import AddressPicker
from weft.commands.context import Context
from weft.commands.fixed_ips import addresses_after_update
from weft.commands.l3.errors import RouterNotFound
from weft.commands.l3.owners import GATEWAY, interface_owner
from weft.commands.macs import MacPicker
from weft.commands.ports import CreatePort, new_port
from weft.store.kinds import PORT, ROUTER, SUBNET
from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Claim, Write


class Pickers(NamedTuple):
    """Where new ports get their MACs and addresses: one of each for all of a decision."""

    macs: MacPicker
    addresses: AddressPicker

    @classmethod
    def for_decision(cls, state: State, context: Context) -> "Pickers":
        """Return pickers that have picked nothing yet."""
        return cls(MacPicker(state, context), AddressPicker(state, context))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What was picked so far."""
        return (*self.macs.claims, *self.addresses.claims)


class Link(msgspec.Struct):
    """A port of the router, as it is going to be."""

    id: str
    network_id: str
    project_id: str
    device_owner: str
    fixed_ips: list[dict[str, str]]


class RouterDraft:
    """See the module. `values` are the router's fields, `links` its ports, oldest first."""

    def __init__(
        self,
        state: State,
        router: Record | Mapping[str, Any],
        id: str,
        context: Context,
        pickers: Pickers | None = None,
    ) -> None:
        self.state, self.context, self.id = state, context, id
        self.pickers = pickers or Pickers.for_decision(state, context)
        is_new = not isinstance(router, Record)
        self.values: dict[str, Any] = {name: router.get(name) for name in _names(router)}
        self.links = [] if is_new else [_link(port) for port in _ports_of(state, id)]
        self._changed: dict[str, Any] = dict(self.values) if is_new else {}
        self._is_new = is_new
        self._port_writes: dict[str, Write] = {}

    # ---- looking
    @property
    def interface_owner(self) -> str:
        """The device_owner of its interfaces, as it is going to be."""
        return interface_owner(distributed=bool(self.values.get("distributed")), ha=bool(self.values.get("ha")))

    @property
    def gateways(self) -> list[Link]:
        """Its ports on external networks; the first is the one that `external_gateway_info` shows."""
        found = [link for link in self.links if link.device_owner == GATEWAY]
        return sorted(found, key=lambda link: link.id != self.values.get("gw_port_id"))

    @property
    def gateway(self) -> Link | None:
        """The gateway that `external_gateway_info` shows."""
        return next(iter(self.gateways), None)

    @property
    def interfaces(self) -> list[Link]:
        """Its ports on networks of projects, whatever they say of themselves: that can be changed on the port."""
        return [link for link in self.links if link.device_owner != GATEWAY]

    def subnets_of(self, link: Link) -> list[Record]:
        """Return the subnets that a port has addresses of, in that order."""
        found = [self.state.get(SUBNET.name, ip["subnet_id"]) for ip in link.fixed_ips]
        return [subnet for subnet in found if subnet is not None]

    # ---- changing
    def set(self, field: str, value: Any) -> None:
        """Give the router a field's value."""
        if self.values.get(field) != value:
            self.values[field] = self._changed[field] = value

    def add(self, network_id: str, wanted: Sequence[dict[str, Any]] | None, owner: str, project_id: str) -> Link:
        """Plug the router into a network with a port of its own. `wanted` None: whatever addresses there are."""
        request = CreatePort(
            project_id=project_id,
            network_id=network_id,
            fixed_ips=msgspec.UNSET if wanted is None else list(wanted),
            device_id=self.id,
            device_owner=owner,
            port_security_enabled=False,
            security_groups=[],
        )
        write = new_port(self.state, request, self.pickers.macs, self.pickers.addresses, self.context)
        values = {**write.values, "router_id": self.id}
        self._port_writes[write.key.id] = Write(write.key, values, create=True)
        link = Link(write.key.id, network_id, project_id, owner, values["fixed_ips"])
        self.links.append(link)
        return link

    def adopt(self, port: Record, owner: str) -> Link:
        """Make an existing port one of the router's."""
        link = _link(port)
        link.device_owner = owner
        self.links.append(link)
        self._change(link, device_id=self.id, device_owner=owner, router_id=self.id)
        return link

    def readdress(self, link: Link, wanted: Sequence[dict[str, Any]]) -> None:
        """Give a port other addresses; what it has and is wanted, it keeps."""
        port = self.state.get(PORT.name, link.id)
        assert port is not None, "only what was there before the decision is given other addresses"
        picker, mac = self.pickers.addresses, port.get("mac_address")
        picker.port_id = link.id
        link.fixed_ips = addresses_after_update(self.state, port, wanted, mac, link.device_owner, picker)
        picker.port_id = None
        self._change(link, fixed_ips=link.fixed_ips)

    def drop(self, link: Link) -> None:
        """Delete a port."""
        self.links.remove(link)
        self._port_writes[link.id] = Write(Key("fabric", PORT.name, link.id), {DELETED: True})

    def reown(self) -> None:
        """Let its interfaces say what kind of router they belong to now."""
        for link in self.interfaces:
            if link.device_owner != self.interface_owner:
                link.device_owner = self.interface_owner
                self._change(link, device_owner=link.device_owner)

    # ---- what comes of it
    def writes(self) -> list[Write]:
        """Return everything that differs: the router first, for its ports refer to it; they show in its revision."""
        if not self._changed and not self._port_writes:
            return []
        changed = self._changed or {"ports_changed": True}  # the same at every site, so no conflict
        router = Write(Key("fabric", ROUTER.name, self.id), changed, create=self._is_new)
        return [router, *self._port_writes.values()]

    def _change(self, link: Link, **values: Any) -> None:
        known = self._port_writes.get(link.id)
        before = known.values if known else {}
        key = Key("fabric", PORT.name, link.id)
        self._port_writes[link.id] = Write(key, {**before, **values}, create=known.create if known else False)


def existing_router(state: State, router_id: str) -> Record:
    """Return the live router. Raises RouterNotFound."""
    router = state.get(ROUTER.name, router_id)
    if router is None:
        raise RouterNotFound(router_id)
    return router


def _names(router: Record | Mapping[str, Any]) -> list[str]:
    return list(router.fields if isinstance(router, Record) else router)


def _ports_of(state: State, router_id: str) -> list[Record]:
    ports = state.referrers(ROUTER.name, router_id, PORT.name)
    return sorted(ports, key=lambda port: (port.get("created_at", ""), port.key.id))


def _link(port: Record) -> Link:
    return Link(
        port.key.id,
        port.get("network_id"),
        port.get("project_id", ""),
        port.get("device_owner", ""),
        list(port.get("fixed_ips", ())),
    )
