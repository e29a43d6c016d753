"""Answers what operators and other sites ask this node: its plans, its drops, what it programmed when."""

import asyncio
from collections.abc import Collection
from typing import TypeVar

import msgspec

from weft.agent.brain import Brain
from weft.agent.kernel import DataPlane
from weft.agent.rows import plan_rows
from weft.model import Invalid
from weft.plan import Fault
from weft.store.programmed_rpc import ProgrammedAnswer, ProgrammedQuestion, programmed_subject
from weft.store.protocol import Store
from weft.wire.node_rpc import (
    DropCount,
    DropsAnswer,
    PlanAnswer,
    PlanQuestion,
    node_drops_subject,
    node_plan_subject,
)

Question = TypeVar("Question", bound=msgspec.Struct)


class NodeRpc:
    """The node's answers, each JSON in and JSON out."""

    def __init__(self, brain: Brain, kernel: DataPlane) -> None:
        self._brain = brain
        self._kernel = kernel

    async def serve(self, store: Store) -> None:
        """Answer from now on."""
        node = self._brain.node_id
        await store.serve(node_plan_subject(node), self.plan, every_node=True)
        await store.serve(node_drops_subject(node), self.drops, every_node=True)
        await store.serve(programmed_subject(node), self.programmed, every_node=True)

    async def plan(self, payload: bytes) -> bytes:
        """PlanQuestion → PlanAnswer."""
        question = _read(payload, PlanQuestion)
        history, applied = self._brain.history, self._brain.applied
        plan = history.plan(question.revision)
        error = None
        if plan is None:
            error = "no plan yet" if question.revision is None else f"revision {question.revision} is not remembered"
            faults: Collection[Fault] = ()
        else:
            faults = self._brain.faults() if plan is history.newest else plan.faults
        answer = PlanAnswer(
            node=self._brain.node_id,
            revision=plan.revision if plan else question.revision or 0,
            applied_revision=applied.revision if applied else 0,
            known_revisions=tuple(history.revisions()),
            tables=plan_rows(plan) if plan else {},
            faults=[msgspec.structs.asdict(fault) for fault in sorted(faults)],
            error=error,
        )
        return msgspec.json.encode(answer)

    async def drops(self, payload: bytes) -> bytes:
        """Nothing → DropsAnswer."""
        drops = await asyncio.to_thread(self._kernel.drops)
        counts = [DropCount(reason, packets) for reason, packets in drops.node.items()]
        for bound in self._brain.bound_here():
            of_port = drops.ports.get(bound.port.id, {})
            counts += [DropCount(reason, packets, device=bound.device) for reason, packets in of_port.items()]
        return msgspec.json.encode(DropsAnswer(self._brain.node_id, tuple(sorted(counts))))

    async def programmed(self, payload: bytes) -> bytes:
        """ProgrammedQuestion → ProgrammedAnswer."""
        question = _read(payload, ProgrammedQuestion)
        concerned, at_ms = self._brain.programmed.answer(question.keys, question.hlc)
        return msgspec.json.encode(ProgrammedAnswer(concerned, at_ms))


def _read(payload: bytes, question: type[Question]) -> Question:
    try:
        return msgspec.json.decode(payload or b"{}", type=question)
    except msgspec.MsgspecError as err:
        raise Invalid(f"not a {question.__name__}: {err}") from err
