"""The reconciler: make this node's kernel hold what the plan says, and nothing else of ours.

Level-triggered and safe to stop at any point: everything that lasts is pinned, what is there is read back at
start, and the difference is written leaf first and deleted in reverse. A device is closed (program
attached, no record) before anything is opened, and stays closed when its port goes, until it disappears.
"""

import threading
import time
from ipaddress import IPv4Address
from pathlib import Path

from weft.dataplane import bpffs
from weft.dataplane.attach import Attachments
from weft.dataplane.bpf_map import per_cpu_sum
from weft.dataplane.devices import Devices
from weft.dataplane.drops import DropReason, name_of
from weft.dataplane.ledger import Difference, Ledger, Tables
from weft.dataplane.links import Hooks, Links, has_links
from weft.dataplane.loader import KernelRefused, Loaded, load, remove_stale_maps
from weft.dataplane.outcome import Drops, Outcome, PortState
from weft.dataplane.records import FLOOD_LOCAL_MAX, FLOOD_REMOTE_MAX, PORT_DROP_KEY, U32
from weft.dataplane.routes import Routes
from weft.dataplane.units import (
    NODE_UNIT,
    TABLES,
    Device,
    Record,
    Underlay,
    Unit,
    all_units,
    changed_units,
    records_of,
    remotes_of,
    units_behind,
    units_on_devices,
)
from weft.dataplane.vxlan_device import VXLAN_DEVICE, ensure_vxlan_device, remove_vxlan_device
from weft.model import PortId, WeftError
from weft.plan import Fault, NodePlan, PlanStep, PortEntry


class Kernel:
    """This node's data plane. One per node and process; calls may come from any thread of its namespace."""

    def __init__(self, pin_dir: Path, underlay_device: str, *, use_links: bool | None = None) -> None:
        """Load the programs over what is pinned in `pin_dir`; traffic goes on as it went.

        `use_links`: attach by TCX links; None: if the kernel has them (6.6), else by classic filters.
        Raises NotPrivileged, NoBpffs, KernelRefused, ObjectMissing, VxlanPortTaken, NoVxlan: each says what to do.
        """
        self._pin_dir = pin_dir
        self._underlay_device = underlay_device
        self._lock = threading.Lock()
        self._devices = Devices()
        self._routes = Routes()
        bpffs.ensure_directory(pin_dir / "links")
        vxlan_ifindex = ensure_vxlan_device()
        self._loaded: Loaded = load(pin_dir)
        if use_links is None:
            use_links = has_links(self._loaded.programs["to_underlay"])
        hooks = Links(pin_dir / "links") if use_links else _filters()
        self._attachments = Attachments(hooks, self._loaded.programs, underlay_device)
        self._ledger = Ledger()
        self._plan: NodePlan | None = None
        self._present: dict[str, Device] = {}
        self._underlay = Underlay(0, 0, decap_typed=use_links)  # came with 6.3, three versions before links
        self._waiting: dict[Unit, str] = {}  # units that failed, and why: tried again each time
        self._closed = False
        self._in_doubt = True  # the ledger may differ from the kernel: read it back first
        self._prove_hooks(vxlan_ifindex)

    def reconcile(self, plan: NodePlan, *, resync: bool = False, step: PlanStep | None = None) -> Outcome:
        """Make the kernel equal to `plan`; what fails is named in the outcome and tried again next time.

        Costs what changed since the last call (`step` says where to look for it), or, with `resync`, at the first
        call and after a failed delete, a full read of the tables. A plan older than the last one is ignored.
        """
        with self._lock:
            started = time.monotonic()
            if self._plan is not None and plan.revision < self._plan.revision:
                plan = self._plan
            everything = resync or self._in_doubt or self._plan is None
            self._in_doubt = True  # until all of this is done
            moved = self._look_at_devices(plan)
            rerouted = self._look_at_routes(plan, anew=everything)
            faults = self._attach(plan)
            if self._plan is None:
                touched = all_units(plan)
            else:
                touched = changed_units(self._plan, plan, step) | units_on_devices(plan, moved) | self._waiting.keys()
                touched |= units_behind(plan, rerouted)
                touched |= {NODE_UNIT} if VXLAN_DEVICE in moved or self._underlay_device in moved else set()
            difference = self._ledger.absorb(self._encode(touched, plan))
            if everything:
                self._ledger.held = self._read()
                difference = self._ledger.audit()
            writes, deletes, is_swept = self._apply(difference)
            self._plan, self._in_doubt = plan, not is_swept
            if everything:
                faults += self._upgrade()
            faults += [Fault(subject=_subject(unit), reason=why) for unit, why in self._waiting.items()]
            faults += _unheard(plan)
            return Outcome(
                revision=plan.revision,
                ports={entry.port_id: self._port_state(entry) for entry in plan.ports.values()},
                faults=tuple(sorted(faults)),
                writes=writes,
                deletes=deletes,
                took_ms=(time.monotonic() - started) * 1e3,
                waiting=len(self._waiting),
            )

    def drops(self) -> Drops:
        """Return the drop counters. Per port only the latest 4,096 (port, reason) pairs are kept."""
        with self._lock:
            node = {}
            for reason in DropReason:
                value = self._loaded.maps["drops"].lookup(U32.pack(reason))
                if value and (count := per_cpu_sum(value)):
                    node[name_of(reason)] = count
            names = {
                device.ifindex: self._plan.ports[name].port_id
                for name, device in self._present.items()
                if self._plan and name in self._plan.ports
            }
            ports: dict[PortId, dict[str, int]] = {}
            for key, value in self._loaded.maps["port_drops"].items():
                ifindex, number = PORT_DROP_KEY.unpack(key)
                if ifindex in names:
                    ports.setdefault(names[ifindex], {})[name_of(number)] = per_cpu_sum(value)
            return Drops(node=node, ports=ports)

    def sweep(self) -> None:
        """Remove everything of ours from the kernel, and close."""
        self.close()
        sweep(self._pin_dir)

    def close(self) -> None:
        """Let go. Programs and maps stay where they are, and traffic with them."""
        with self._lock:
            if not self._closed:
                self._loaded.close()
                self._routes.close()
            self._closed = True

    def _prove_hooks(self, vxlan_ifindex: int) -> None:
        """Attach to the one device that is always ours: what fails here fails everywhere. Raises KernelRefused."""
        try:
            self._attachments.ensure(VXLAN_DEVICE, vxlan_ifindex)
        except OSError as err:
            self.close()
            raise KernelRefused(f"no program can be attached to {VXLAN_DEVICE}: {err.strerror}") from err

    def _look_at_devices(self, plan: NodePlan) -> set[str]:
        """Refresh what we know of the devices that matter; return the names of those that came, went or changed."""
        indexes = self._devices.read()
        names = [name for name in plan.ports if name in indexes]
        present = {name: self._devices.describe(name, indexes[name]) for name in names}
        underlay = self._underlay._replace(
            ifindex=indexes.get(self._underlay_device, 0), vxlan_ifindex=indexes.get(VXLAN_DEVICE, 0)
        )
        moved = {name for name, device in present.items() if self._present.get(name) != device}
        moved |= self._present.keys() - present.keys()
        if underlay.ifindex != self._underlay.ifindex:
            moved.add(self._underlay_device)
        if underlay.vxlan_ifindex != self._underlay.vxlan_ifindex:
            moved.add(VXLAN_DEVICE)
        self._present, self._underlay = present, underlay
        self._attachments.forget_all_but(indexes)
        return moved

    def _look_at_routes(self, plan: NodePlan, *, anew: bool) -> set[IPv4Address]:
        """Refresh where other nodes are reached; return the nodes for which that changed."""
        before = self._underlay.next_hops
        after = self._routes.next_hops(self._underlay.ifindex, plan.tunnel_ip, remotes_of(plan), anew=anew)
        self._underlay = self._underlay._replace(next_hops=after)
        return {remote for remote in before.keys() | after.keys() if before.get(remote) != after.get(remote)}

    def _attach(self, plan: NodePlan) -> list[Fault]:
        faults = []
        if not self._underlay.vxlan_ifindex:
            try:
                self._underlay = self._underlay._replace(vxlan_ifindex=ensure_vxlan_device())
            except WeftError as err:
                faults.append(Fault(subject=f"device {VXLAN_DEVICE}", reason=str(err)))
        if not self._underlay.ifindex:
            faults.append(Fault(subject=f"device {self._underlay_device}", reason="the underlay device is missing"))
        wanted = {self._underlay_device: self._underlay.ifindex, VXLAN_DEVICE: self._underlay.vxlan_ifindex}
        wanted |= {name: device.ifindex for name, device in self._present.items()}
        for name, ifindex in wanted.items():
            try:
                if ifindex:
                    self._attachments.ensure(name, ifindex)
            except OSError as err:
                faults.append(Fault(subject=f"device {name}", reason=f"cannot attach: {err.strerror}"))
        return faults

    def _upgrade(self) -> list[Fault]:
        try:
            self._attachments.upgrade()
        except OSError as err:
            self._in_doubt = True
            return [Fault(subject="programs", reason=f"cannot be replaced: {err.strerror}")]
        remove_stale_maps(self._pin_dir)
        return []

    def _encode(self, touched: set[Unit], plan: NodePlan) -> dict[Unit, list[Record]]:
        encoded = {}
        for unit in touched:
            self._waiting.pop(unit, None)
            try:
                encoded[unit] = records_of(unit, plan, self._present, self._underlay)
            except ValueError as err:  # it cannot be expressed: none of it gets in
                encoded[unit] = []
                self._waiting[unit] = str(err)
        return encoded

    def _read(self) -> Tables:
        return {name: dict(self._loaded.maps[name].items()) for name in TABLES}

    def _apply(self, difference: Difference) -> tuple[int, int, bool]:
        """Write leaf first, delete in reverse. Failed writes go to `_waiting`.

        Returns how many were written and deleted, and whether all was deleted that had to be.
        """
        failed: dict[str, dict[bytes, OSError]] = {}
        writes, deletes, is_swept = 0, 0, True
        for table in TABLES:
            entries = difference.writes[table]
            failed[table] = self._loaded.maps[table].update_many(entries) if entries else {}
            done = {key: value for key, value in entries.items() if key not in failed[table]}
            self._ledger.note_written(table, done)
            writes += len(done)
        for table in reversed(TABLES):
            keys = difference.deletes[table]
            kept = self._loaded.maps[table].delete_many(keys) if keys else {}
            is_swept = is_swept and not kept
            self._ledger.note_deleted(table, keys - kept.keys())
            deletes += len(keys) - len(kept)
        for unit, err in self._ledger.units_with(failed).items():
            self._waiting[unit] = f"the kernel refuses it: {err.strerror}"
        return writes, deletes, is_swept

    def _port_state(self, entry: PortEntry) -> PortState:
        if not entry.enabled:
            return PortState("DOWN", "the port is closed")
        if entry.device not in self._present:
            return PortState("DOWN", f"there is no device {entry.device}")
        if self._attachments.missing([entry.device]):
            return PortState("DOWN", "the program cannot be attached")
        why = self._waiting.get(Unit("ports", entry.device))
        return PortState("DOWN", why) if why else PortState("ACTIVE")


def sweep(pin_dir: Path) -> None:
    """Remove everything that a Kernel with this `pin_dir` left, whether or not one is running."""
    bpffs.remove_directory(pin_dir)
    filters = _filters()
    for name in filters.read():
        filters.forget(name)
    remove_vxlan_device()


def _filters() -> Hooks:
    from weft.dataplane.filters import Filters  # and pyroute2, a quarter of a second that kernels with links save

    return Filters()


def _subject(unit: Unit) -> str:
    return f"{unit.table} {unit.key}" if unit.key is not None else unit.table


def _unheard(plan: NodePlan) -> list[Fault]:
    """Name the networks whose broadcast does not reach everyone: replication is bounded per packet."""
    return [
        Fault(
            subject=f"network with VNI {vni}",
            reason=f"broadcast reaches {FLOOD_LOCAL_MAX} devices and {FLOOD_REMOTE_MAX} nodes, "
            f"it has {len(entry.devices)} and {len(entry.tunnel_ips)}",
        )
        for vni, entry in plan.flood.items()
        if len(entry.devices) > FLOOD_LOCAL_MAX or len(entry.tunnel_ips) > FLOOD_REMOTE_MAX
    ]
