"""`weft lab machine add | delete | move`: what Nova does with ports, for machines that are namespaces.

A port is created (or taken) with `binding:host_id`, the device is made on that node, and the machine starts when the
port is ACTIVE; everything through the API of the machine's own site.
"""

import contextlib
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from weft.lab.home import Home
from weft.lab.layout import Layout, Node
from weft.lab.machines import (
    Device,
    Machine,
    all_machines,
    check_name,
    forget,
    keep,
    least_loaded,
    live_addresses,
    load_machine,
    reserve,
)
from weft.lab.plug import Subnet, Subnets, await_addresses, configure, is_plugged, make_machine, replace_devices
from weft.lab.shell import require_root_and_tools
from weft.lab.site_api import SiteApi
from weft.lab.tenants import admin_api
from weft.lab.topology import netns_exists, remove_netns
from weft.model import Invalid, NotFound, Unavailable, WeftError

DEVICE_OWNER = "compute:lab"
ACTIVE_S = 20.0


def add_machine(
    home: Home, name: str, site: str, node: str | None, networks: Sequence[str], ports: Sequence[str]
) -> Machine:
    """Return the machine, running and with every address of its ports. Nothing is left of one that fails."""
    require_root_and_tools()
    check_name(name)
    if not networks and not ports:
        raise Invalid("a machine needs at least one --network or --port")
    with home.locked(alone=False):
        layout = home.load().layout
        where = _choose_node(layout, site, node, all_machines(home))
        with admin_api(home, _nodes_from(layout, where)) as api:
            given = tuple(api.find("port", port)["id"] for port in ports)
            wanted = [api.find("network", network) for network in networks]
            machine = Machine(name, site, where.name, str(uuid.uuid4()), given)
            reserve(home, machine)
            try:
                bodies = [_take_port(api, port, machine) for port in given]
                bodies += [_create_port(api, network, machine) for network in wanted]
                machine = msgspec.structs.replace(machine, devices=_devices(bodies))
                keep(home, machine)
                return _start(home, api, machine, where)
            except BaseException:
                with contextlib.suppress(WeftError):  # what stopped us may stop this too; the record stays then
                    _discard(home, api, machine)
                raise


def delete_machine(home: Home, name: str) -> None:
    """Remove a machine, or half of one; its own ports are deleted, those it was given are unbound."""
    require_root_and_tools()
    with home.locked(alone=False):
        layout = home.load().layout
        machine = load_machine(home, name)
        with admin_api(home, _nodes_from(layout, layout.node(machine.node))) as api:
            _discard(home, api, machine)


def move_machine(home: Home, name: str, node: str) -> Machine:
    """Return the machine, on another node, of whatever site, with MAC, addresses and connections kept."""
    require_root_and_tools()
    with home.locked(alone=False):
        layout = home.load().layout
        machine, new = load_machine(home, name), layout.node(node)
        old = layout.node(machine.node)
        if new == old:
            return machine
        with admin_api(home, _nodes_from(layout, new)) as api:
            for device in machine.devices:
                api.put(f"/v2.0/ports/{device.port_id}", {"port": {"binding:host_id": new.name}})
            machine = msgspec.structs.replace(machine, site=new.site, node=new.name)
            keep(home, machine)
            replace_devices(machine, old, new)
            _await_active(api, machine)
        await_addresses(machine)
        return _with_addresses(home, machine)


def revive_machines(home: Home, layout: Layout) -> list[Machine]:
    """Make anew the machines that are recorded but gone from the kernel (a reboot); returns them."""
    gone = [
        machine
        for machine in all_machines(home)
        if machine.state == "ready" and not is_plugged(machine, layout.node(machine.node))
    ]
    for machine in gone:
        node = layout.node(machine.node)
        with admin_api(home, _nodes_from(layout, node)) as api:
            _start(home, api, machine, node)
    return gone


# ---- steps
def _start(home: Home, api: SiteApi, machine: Machine, node: Node) -> Machine:
    make_machine(machine, node, home.mark)
    _await_active(api, machine)
    configure(home, machine, _subnets(api, machine))
    return _with_addresses(home, machine)


def _with_addresses(home: Home, machine: Machine) -> Machine:
    live = live_addresses(machine.netns)
    devices = tuple(
        msgspec.structs.replace(device, addresses=tuple(live.get(device.device, ()))) for device in machine.devices
    )
    machine = msgspec.structs.replace(machine, devices=devices, state="ready")
    keep(home, machine)
    return machine


def _create_port(api: SiteApi, network: dict[str, Any], machine: Machine) -> dict[str, Any]:
    body = {
        "name": machine.name,
        "network_id": network["id"],
        "project_id": network["project_id"],  # the tenant's, as when Nova acts for its user
        "device_id": machine.device_id,
        "device_owner": DEVICE_OWNER,
        "binding:host_id": machine.node,
    }
    port: dict[str, Any] = api.post("/v2.0/ports", {"port": body})["port"]
    return port


def _take_port(api: SiteApi, port_id: str, machine: Machine) -> dict[str, Any]:
    taken: dict[str, Any] = api.get(f"/v2.0/ports/{port_id}")["port"]
    if taken["device_id"] and taken["device_id"] != machine.device_id:
        raise Invalid(f"port {port_id} is in use by device {taken['device_id']}")
    binding = {
        "device_id": machine.device_id,
        "device_owner": DEVICE_OWNER,
        "binding:host_id": machine.node,
    }
    port: dict[str, Any] = api.put(f"/v2.0/ports/{port_id}", {"port": binding})["port"]
    return port


def _devices(ports: Sequence[dict[str, Any]]) -> tuple[Device, ...]:
    return tuple(
        Device(
            device=f"eth{index}",
            port_id=port["id"],
            mac=port["mac_address"],
            tap="tap" + port["id"][:11],
            network_id=port["network_id"],
            fixed_ips=tuple(each["ip_address"] for each in port["fixed_ips"]),
        )
        for index, port in enumerate(ports)
    )


def _await_active(api: SiteApi, machine: Machine) -> None:
    deadline = time.monotonic() + ACTIVE_S
    for device in machine.devices:
        while (port := api.get(f"/v2.0/ports/{device.port_id}")["port"])["status"] != "ACTIVE":
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"port {device.port_id} of machine {machine.name} is {port['status']}, not ACTIVE, after "
                    f"{ACTIVE_S:.0f} s: node {machine.node} has not reported it programmed"
                )
            time.sleep(0.02)


def _subnets(api: SiteApi, machine: Machine) -> Subnets:
    found: dict[str, Subnet] = {}
    known: dict[str, dict[str, Any]] = {}
    for device in machine.devices:
        for fixed_ip in api.get(f"/v2.0/ports/{device.port_id}")["port"]["fixed_ips"]:
            subnet_id = fixed_ip["subnet_id"]
            if subnet_id not in known:
                known[subnet_id] = api.get(f"/v2.0/subnets/{subnet_id}")["subnet"]
            body = known[subnet_id]
            found[fixed_ip["ip_address"]] = Subnet(
                body["cidr"], body["gateway_ip"], body["enable_dhcp"], body.get("ipv6_address_mode")
            )
    return found


def _discard(home: Home, api: SiteApi, machine: Machine) -> None:
    """Remove what there is of a machine: it stops first, so that nothing speaks for a port that is gone.

    Its ports are found by their device_id: also one that a crash kept out of the record. If the API does not answer
    the record stays, so that `delete` can be tried again.
    """
    if netns_exists(machine.netns):
        remove_netns(machine.netns)
    unbound = {"port": {"device_id": "", "device_owner": "", "binding:host_id": ""}}
    for port in api.get("/v2.0/ports", device_id=machine.device_id)["ports"]:
        path = f"/v2.0/ports/{port['id']}"
        _unless_gone(
            lambda path=path, port=port: (  # type: ignore[misc]
                api.put(path, unbound) if port["id"] in machine.given_ports else api.delete(path)
            )
        )
    forget(home, machine.name)


def _unless_gone(act: Callable[[], object]) -> None:
    try:
        act()
    except NotFound:  # deleted by somebody else: as good
        return


def _choose_node(layout: Layout, site: str, node: str | None, machines: list[Machine]) -> Node:
    if node is None:
        return layout.node(least_loaded(layout, site, machines))
    where = layout.node(node)
    if where.site != layout.site(site).name:
        raise Invalid(f"node {node} is at site {where.site}, not {site}")
    return where


def _nodes_from(layout: Layout, first: Node) -> tuple[Node, ...]:
    """Return the site's nodes, that one first: any of them answers for the site."""
    return (first, *(node for node in layout.site(first.site).nodes if node != first))
