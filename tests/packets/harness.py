"""Pushes single packets through the real programs: tables from a plan, BPF_PROG_TEST_RUN, verdict and packet out.

Redirects are not carried out by a test run, so devices need not exist; only the one a packet comes from must,
and for that the loopback device serves (ifindex 1).
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from weft.dataplane import bpf
from weft.dataplane.bpf_map import per_cpu_sum
from weft.dataplane.bpffs import remove_directory
from weft.dataplane.drops import DropReason
from weft.dataplane.loader import load
from weft.dataplane.records import U32
from weft.dataplane.units import Device, Underlay, all_units, records_of
from weft.plan import NodePlan

OK, SHOT, REDIRECT = 0, 2, 7  # TC_ACT_*
SENDING = 1  # ifindex packets come from
PIN_DIR = Path("/sys/fs/bpf/weft-packets")


class Result(NamedTuple):
    """What became of a packet."""

    verdict: int
    packet: bytes
    reason: DropReason | None  # None: not dropped, or (SHOT without reason) copied to everyone who wants it


class Bench:
    """The programs over tables of their own."""

    def __init__(
        self, plan: NodePlan, devices: Mapping[str, Device], underlay: Underlay, *, without: Collection[str] = ()
    ) -> None:
        """Fill the tables from `plan`; those named in `without` stay empty."""
        remove_directory(PIN_DIR)
        self._loaded = load(PIN_DIR)
        for unit in all_units(plan):
            for record in records_of(unit, plan, devices, underlay):
                if record.table not in without:
                    self._loaded.maps[record.table].update(record.key, record.value)

    def send(self, packet: bytes, gso_size: int = 0) -> Result:
        """A workload on the device with ifindex 1 sends `packet`."""
        return self._run("from_port", packet, gso_size)

    def arrive(self, packet: bytes) -> Result:
        """`packet` arrives at the underlay device."""
        return self._run("from_underlay", packet, 0)

    def nanoseconds(self, program: str, packet: bytes, repeat: int = 100_000) -> int:
        """Return how long the program takes for the packet. Only for packets it does not change."""
        return bpf.run_program(self._loaded.programs[program], packet, SENDING, repeat=repeat).ns_per_run

    def close(self) -> None:
        self._loaded.close()
        remove_directory(PIN_DIR)

    def _run(self, program: str, packet: bytes, gso_size: int) -> Result:
        before = self._counts()
        done = bpf.run_program(self._loaded.programs[program], packet, SENDING, gso_size=gso_size)
        grown = [reason for reason, count in self._counts().items() if count > before[reason]]
        assert len(grown) <= 1, f"one packet, one reason: {grown}"
        return Result(verdict=done.verdict, packet=done.packet, reason=grown[0] if grown else None)

    def _counts(self) -> dict[DropReason, int]:
        drops = self._loaded.maps["drops"]
        return {reason: per_cpu_sum(drops.lookup(U32.pack(reason)) or b"") for reason in DropReason}
