"""Wires store, API, agent and data plane of one node together, in the order they depend on each other."""

import asyncio
import contextlib
import time

import structlog

import weft
from weft.agent import heartbeat
from weft.agent.announce import keep_announced
from weft.agent.brain import Brain
from weft.agent.completion import complete_addresses
from weft.agent.config import Config
from weft.agent.devices import device_events
from weft.agent.loop import AgentLoop
from weft.agent.node_rpc import NodeRpc
from weft.agent.parts import open_api, open_kernel, open_store, seed
from weft.agent.preflight import prepare_state_dir, read_admin_password, read_secret, require_root
from weft.agent.ready import announce_ready, retract_ready
from weft.api.server import bind, serve_api
from weft.model import NodeId

SETTLED_S = 5.0  # a node whose site's log does not answer serves what it has on disk all the same

log = structlog.get_logger()


class Weftd:
    """One node's process. `run` returns only by cancellation, and raises what ended it."""

    def __init__(self, config: Config) -> None:
        self._config = config

    async def run(self) -> None:
        """Start everything, stay until cancelled, stop everything."""
        config = self._config
        started = time.monotonic()
        require_root(config)
        secret = read_secret(config)
        password = read_admin_password(config)
        state_dir = prepare_state_dir(config)
        retract_ready(state_dir)
        listener = bind(config.api.listen)  # early: a port in use is told before anything is started
        try:
            kernel = await asyncio.to_thread(open_kernel, config)
            try:
                async with open_store(config, secret, state_dir) as store:
                    brain = Brain(NodeId(config.node.name))
                    agent = AgentLoop(brain, store, kernel, device_events() if config.dataplane.enabled else None)
                    await NodeRpc(brain, kernel).serve(store)
                    app = await open_api(config, store, secret)
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(agent.run(), name="agent")
                        tasks.create_task(heartbeat.run(store, brain, time.time_ns() // 1_000_000), name="heartbeat")
                        tasks.create_task(keep_announced(config, store), name="announce")
                        seeded = tasks.create_task(seed(store, secret, password), name="seed")
                        if config.nats.serve:  # one process of a site
                            tasks.create_task(complete_addresses(store), name="completion")
                        tasks.create_task(serve_api(app, listener), name="api")
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(SETTLED_S):
                                await asyncio.shield(seeded)
                                await agent.ready.wait()
                        announce_ready(state_dir)
                        self._tell_ready(time.monotonic() - started, programmed=agent.ready.is_set())
            finally:
                kernel.close()
        finally:
            listener.close()
            retract_ready(state_dir)

    def _tell_ready(self, took_s: float, *, programmed: bool) -> None:
        log.info(
            "weftd ready",
            node=self._config.node.name,
            site=self._config.node.site,
            version=weft.__version__,
            programmed=programmed,
            took_ms=round(took_s * 1000),
        )
