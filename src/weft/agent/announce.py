"""Makes this node and its site known to the fabric: their records, written by nobody else."""

import asyncio
from typing import Any

import structlog

from weft.agent.config import Config
from weft.commands.services.agents import agents_of
from weft.model import Conflict, Unavailable
from weft.store.execute import Held, execute
from weft.store.protocol import State, Store
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes

RETRY_S = 1.0
LOOK_AGAIN_S = 10.0

log = structlog.get_logger()


def announcement(config: Config, state: State) -> Writes:
    """Return what must be written so that our records say what the configuration says; often nothing."""
    wanted: list[tuple[Key, dict[str, Any]]] = []
    if config.nats.serve:
        site = {
            "number": config.node.site_number,
            "nats_url": config.nats.advertise or config.nats.url,
            "api_url": config.api.public_url,
            "region": config.node.region,
        }
        wanted.append((Key("fabric", "site", config.node.site), site))
    node = {
        "site": config.node.site,
        "underlay_ip": config.node.underlay_ip,
        "api_url": config.api.public_url,
    }
    wanted.append((Key("fabric", "node", config.node.name), node))
    wanted += agents_of(config.node.name, config.node.site)
    writes = tuple(write for key, values in wanted if (write := _write(state, key, values)))
    return Writes(writes=writes, actor=f"weftd {config.node.name}", verb="announce")


def _write(state: State, key: Key, values: dict[str, Any]) -> Write | None:
    """Write only what differs, so that a restart costs the fabric nothing."""
    held = state.get(key.kind, key.id)
    if held is None and state.raw(key) is None:
        return Write(key, values, create=True)
    if held is None:  # somebody took us for gone
        return Write(key, {**values, DELETED: False})
    changed = {name: value for name, value in values.items() if held.get(name) != value}
    return Write(key, changed) if changed else None


async def keep_announced(config: Config, store: Store) -> None:
    """Announce, and again whenever somebody deletes what we announced; until cancelled."""
    while True:
        await announce(config, store)
        await asyncio.sleep(LOOK_AGAIN_S)


async def announce(config: Config, store: Store) -> None:
    """Return once our records are in the site's log; a site that may not write yet is asked again."""

    def decide(state: State, held: Held) -> Writes:
        return announcement(config, state)

    complained = False
    while not (store.in_sync and not announcement(config, store.state).writes):
        try:
            if store.in_sync:
                await execute(store, decide)
                return
        except (Unavailable, Conflict) as err:
            if not complained:
                log.warning("cannot announce this node yet", error=str(err))
            complained = True
        await asyncio.sleep(RETRY_S if complained else 0.02)
