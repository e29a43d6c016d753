"""The beat: proof that this node is alive, and its vital figures. What it reported expires with it."""

import asyncio
import os
from typing import Any

import weft
from weft.agent.brain import Brain
from weft.store.protocol import Store

BEAT_S = 2.0  # a node counts as gone after 10 s without one


def beat(brain: Brain, started_ms: int) -> dict[str, Any]:
    """Return what the node says of itself."""
    plan = brain.history.newest
    applied = brain.applied
    return {
        "version": weft.__version__,
        "kernel": os.uname().release,
        "started_ms": started_ms,
        "plan_revision": plan.revision if plan else 0,
        "applied_revision": applied.revision if applied else 0,
        "ports": len(plan.ports) if plan else 0,
        "active": sum(state.status == "ACTIVE" for state in applied.ports.values()) if applied else 0,
        "faults": len(brain.faults()),
    }


async def run(store: Store, brain: Brain, started_ms: int) -> None:
    """Beat every two seconds."""
    while True:
        await store.runtime.report("beat", beat(brain, started_ms))
        await asyncio.sleep(BEAT_S)
