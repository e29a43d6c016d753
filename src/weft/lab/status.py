"""`weft lab status`: what was asked for, what runs, and how it is. The JSON form is kept stable."""

from typing import Any

from weft.lab.health import NodeHealth, ask_all
from weft.lab.home import Home, LabState
from weft.lab.layout import Node, Site
from weft.lab.machines import Device, Machine, all_machines, live_addresses
from weft.lab.nodes import log_file
from weft.lab.processes import Process, processes
from weft.lab.topology import netns_exists
from weft.lab.wan.control import method


def lab_status(home: Home) -> dict[str, Any]:
    """Return the lab's status as plain values, in the form that docs/howto/use-the-lab.md describes."""
    state = home.find()
    if state is None:
        return {"running": False, "healthy": False, "sites": [], "machines": 0, "wan": None, "clouds": None}
    layout = state.layout
    health, running = ask_all(layout.nodes), processes(home)
    sites = [_site(home, site, health, running) for site in layout.sites]
    return {
        "running": True,
        "healthy": all(site["healthy"] for site in sites),
        "sites": sites,
        "machines": len(all_machines(home)),
        "wan": _wan(state, running),
        "clouds": str(home.clouds_file) if home.clouds_file.exists() else None,
    }


def machine_list(home: Home) -> list[dict[str, Any]]:
    """Return every machine as plain values, its addresses read from the kernel. Raises NoLab."""
    home.load()
    return [machine_form(machine) for machine in all_machines(home)]


def machine_form(machine: Machine) -> dict[str, Any]:
    """Return one machine as plain values."""
    live = live_addresses(machine.netns)
    return {
        "name": machine.name,
        "site": machine.site,
        "node": machine.node,
        "netns": machine.netns,
        "state": machine.state if netns_exists(machine.netns) else "gone",
        "device_id": machine.device_id,
        "devices": [_device(device, live.get(device.device, [])) for device in machine.devices],
    }


def _device(device: Device, addresses: list[str]) -> dict[str, Any]:
    return {
        "device": device.device,
        "port_id": device.port_id,
        "network_id": device.network_id,
        "mac": device.mac,
        "tap": device.tap,
        "addresses": [address.split("/")[0] for address in addresses],
        "prefixes": addresses,
    }


def _site(home: Home, site: Site, health: dict[str, NodeHealth], running: list[Process]) -> dict[str, Any]:
    nodes = [_node(home, node, health[node.name], running) for node in site.nodes]
    return {
        "name": site.name,
        "number": site.number,
        "api_url": site.nodes[0].api_url,
        "healthy": all(node["healthy"] for node in nodes),
        "nodes": nodes,
    }


def _node(home: Home, node: Node, health: NodeHealth, running: list[Process]) -> dict[str, Any]:
    pids = {process.role: process.pid for process in running if process.node == node.name}
    return {
        "name": node.name,
        "netns": node.netns,
        "mgmt_ip": node.mgmt_ip,
        "underlay_ip": node.underlay_ip,
        "api_url": node.api_url,
        "weftd_pid": pids.get("weftd"),
        "nats_pid": pids.get("nats"),
        "pids": sorted(process.pid for process in running if process.node == node.name),
        "healthy": health.is_healthy,
        "answers": health.answers,
        "in_sync": health.in_sync,
        "digest": health.digest,
        "peers": health.peers,
        "error": health.error,
        "log": str(log_file(home, node)),
    }


def _wan(state: LabState, running: list[Process]) -> dict[str, Any]:
    return {
        "carried_by": method(state.wan),
        "forwarder_pid": next((process.pid for process in running if process.role == "forwarder"), None),
        "cut": [list(pair) for pair in state.wan.cut],
        "shaped": [
            {
                "sites": list(shaped.pair),
                "delay_ms": shaped.shape.delay_ms,
                "loss_pct": shaped.shape.loss_pct,
                "rate_mbit": shaped.shape.rate_mbit,
            }
            for shaped in state.wan.shaped
        ],
    }
