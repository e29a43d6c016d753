"""The loop around the brain, with a store in memory and a kernel made of Python."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from tests.agent.records import NET, PORT, PORT2, SUB, record
from weft.agent import loop as agent_loop
from weft.agent.brain import Brain
from weft.agent.loop import AgentLoop
from weft.agent.node_rpc import NodeRpc
from weft.compiler import compile_plan
from weft.dataplane import Drops, Outcome, PortState
from weft.model import NodeId, PortId
from weft.plan import NodePlan, PlanStep
from weft.store.programmed_rpc import ProgrammedAnswer, ProgrammedQuestion, programmed_subject
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.wire.node_rpc import DropsAnswer, PlanAnswer, PlanQuestion, node_drops_subject, node_plan_subject

A1 = NodeId("a1")


class FakeKernel:
    """Remembers plans; devices exist when the test says so."""

    def __init__(self) -> None:
        self.devices: set[str] = set()
        self.plans: list[NodePlan] = []
        self.broken: OSError | None = None

    def reconcile(self, plan: NodePlan, *, resync: bool = False, step: PlanStep | None = None) -> Outcome:
        if self.broken:
            raise self.broken
        self.plans.append(plan)
        ports = {
            entry.port_id: PortState("ACTIVE" if entry.device in self.devices else "DOWN")
            for entry in plan.ports.values()
        }
        return Outcome(plan.revision, ports, (), 1, 0, 0.1)

    def drops(self) -> Drops:
        return Drops({"unknown_mac": 3}, {PortId(PORT): {"spoofed_mac": 2}})

    def close(self) -> None:
        pass


class Devices:
    """A stream of device events that the test rings."""

    def __init__(self) -> None:
        self._bell: asyncio.Queue[None] = asyncio.Queue()

    def ring(self) -> None:
        self._bell.put_nowait(None)

    async def events(self) -> AsyncIterator[None]:
        while True:
            yield await self._bell.get()


class Rig:
    def __init__(self) -> None:
        self.store, self.kernel, self.devices, self.brain = MemoryStore(), FakeKernel(), Devices(), Brain(A1)
        self.loop = AgentLoop(self.brain, self.store, self.kernel, self.devices.events())

    def status(self, port: str = PORT) -> str | None:
        said = self.store.runtime.get(A1, f"port.{port}")
        return said.value["status"] if said else None

    async def until(self, what: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not what():  # noqa: ASYNC110
                await asyncio.sleep(0.001)


@asynccontextmanager
async def running() -> AsyncIterator[Rig]:
    rig = Rig()
    for each in (record("node", "a1"), record("network", NET), record("subnet", SUB), record("port", PORT)):
        rig.store.absorb(each)
    task = asyncio.create_task(rig.loop.run())
    try:
        async with asyncio.timeout(5):
            await rig.loop.ready.wait()
        yield rig
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_first_plan_holds_everything_there_was() -> None:
    """A restarted weftd must never show the kernel a half-empty plan: that would cut machines off."""
    async with running() as rig:
        (first, *_) = rig.kernel.plans
        assert len(first.ports) == len(first.fdb) == 1


async def test_a_port_is_active_when_its_device_is_there_and_only_then() -> None:
    async with running() as rig:
        await rig.until(lambda: rig.status() == "DOWN")
        rig.kernel.devices = {"tap33333333-00"}
        rig.devices.ring()
        await rig.until(lambda: rig.status() == "ACTIVE")
        rig.kernel.devices = set()
        rig.devices.ring()
        await rig.until(lambda: rig.status() == "DOWN")
        rig.store.absorb(record("port", PORT, 2 << 16, host=""))
        await rig.until(lambda: rig.status() is None)


async def test_a_burst_costs_few_rounds() -> None:
    async with running() as rig:
        before = len(rig.kernel.plans)
        for number in range(100):
            port = f"{number:08x}-1111-4000-8000-000000000000"
            rig.store.absorb(record("port", port, mac_address=f"fa:16:00:00:01:{number:02x}", fixed_ips=[]))
        await rig.until(lambda: len(rig.kernel.plans[-1].ports) == 101)
        assert len(rig.kernel.plans) - before <= 3


async def test_a_kernel_that_refuses_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_loop, "RETRY_S", 0.01)
    async with running() as rig:
        rig.kernel.broken = OSError(12, "no memory")
        rig.store.absorb(record("port", PORT2, mac_address="fa:16:00:01:00:2b", fixed_ips=[]))
        await asyncio.sleep(0.05)
        rig.kernel.broken = None
        await rig.until(lambda: len(rig.kernel.plans[-1].ports) == 2)


async def test_the_node_answers_for_its_plans_its_drops_and_what_it_programmed() -> None:
    async with running() as rig:
        await NodeRpc(rig.brain, rig.kernel).serve(rig.store)
        hlc = 7 << 16
        rig.store.absorb(record("port", PORT2, hlc, mac_address="fa:16:00:01:00:2b", fixed_ips=[]))
        await rig.until(lambda: rig.status(PORT2) == "DOWN")

        async def ask(subject: str, question: msgspec.Struct | None, answer: type) -> object:
            payload = msgspec.json.encode(question) if question else b""
            return msgspec.json.decode(await rig.store.call(rig.store.site, subject, payload), type=answer)

        plan = await ask(node_plan_subject(A1), None, PlanAnswer)
        assert isinstance(plan, PlanAnswer)
        assert (plan.revision, plan.applied_revision, plan.known_revisions) == (2, 2, (1, 2))
        assert [row["device"] for row in plan.tables["ports"]] == ["tap33333333-00", "tap44444444-00"]
        older = await ask(node_plan_subject(A1), PlanQuestion(1), PlanAnswer)
        assert isinstance(older, PlanAnswer)
        assert len(older.tables["ports"]) == 1
        forgotten = await ask(node_plan_subject(A1), PlanQuestion(77), PlanAnswer)
        assert isinstance(forgotten, PlanAnswer)
        assert "77" in (forgotten.error or "")

        drops = await ask(node_drops_subject(A1), None, DropsAnswer)
        assert isinstance(drops, DropsAnswer)
        assert [(drop.reason, drop.packets, drop.device) for drop in drops.drops] == [
            ("spoofed_mac", 2, "tap33333333-00"),
            ("unknown_mac", 3, ""),
        ]

        key = Key("fabric", "port", PORT2)
        done = await ask(programmed_subject(A1), ProgrammedQuestion((key,), hlc), ProgrammedAnswer)
        assert isinstance(done, ProgrammedAnswer)
        assert done.concerned
        assert done.at_ms is not None
        later = await ask(programmed_subject(A1), ProgrammedQuestion((key,), hlc + 1), ProgrammedAnswer)
        assert later == ProgrammedAnswer(False, None)


async def test_what_is_programmed_equals_the_slow_recomputation() -> None:
    async with running() as rig:
        rig.store.absorb(record("network", NET, 9 << 16, mtu=8950))
        await rig.until(lambda: rig.kernel.plans[-1].ports["tap33333333-00"].mtu_bytes == 8950)
        assert rig.kernel.plans[-1] == compile_plan(rig.brain.intent(), A1)
