"""Runtime values over the site's RUNTIME stream: ours out, everybody's in, neighbours' relayed."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from weft.model import NodeId, SiteId
from weft.store.bell import Bell
from weft.store.nats.lean_client import header_block
from weft.store.nats.link import ApiError, Link, LinkDown
from weft.store.nats.subjects import subject_of_value
from weft.store.nats.tail import Message
from weft.store.protocol import RuntimeValue
from weft.store.runtime import BEAT, BEAT_EVERY_S, NODE_EXPIRY_S, Heard, RuntimeView

log = structlog.get_logger()

VALUE_TTL_S = 3600  # values of a node that is gone leave the streams' memory; living nodes say them again
BEAT_GRACE_S = 0.5  # the agent's own beats, with its vital figures, come first
SAY_AGAIN_S = 1200.0

_decode = msgspec.msgpack.Decoder(Heard).decode
_encode = msgspec.msgpack.Encoder().encode


class NatsRuntime:
    """Implements `protocol.Runtime`."""

    def __init__(self, site: SiteId, node: NodeId, now_ms: Callable[[], int]) -> None:
        self._site, self._node, self._now_ms = site, node, now_ms
        self._epoch = now_ms()
        self._last_ms = self._epoch
        self._own: dict[str, Any] = {}
        self._beat_s = 0.0
        self._link: Link | None = None
        self.view = RuntimeView()
        self.changed = Bell()
        self.refused = 0

    async def report(self, key: str, value: Any) -> None:
        """Say something about this node; None forgets the key. Never fails: an absent log hears it later."""
        if key == BEAT:
            self._beat_s = time.monotonic()
        if value is None:
            self._own.pop(key, None)
        else:
            self._own[key] = value
        report = self._next(key, value)
        self.view.hear(report, time.monotonic())
        self.changed.ring()
        await self._publish(report)

    def get(self, node: NodeId, key: str) -> RuntimeValue | None:
        """Return the newest value, None too if the node is not alive."""
        return self.view.get(node, key, time.monotonic())

    def is_alive(self, node: NodeId) -> bool:
        """Heard of within NODE_EXPIRY_S."""
        return self.view.is_alive(node, time.monotonic())

    async def beat(self) -> None:
        """Say that this node lives, if nobody else here does, and now and then everything again, until cancelled."""
        said_s = time.monotonic()
        while True:
            now_s = time.monotonic()
            if now_s - self._beat_s >= BEAT_EVERY_S:
                await self.report(BEAT, self._own.get(BEAT, {}))
            self.view.sweep(now_s)
            if now_s - said_s > SAY_AGAIN_S:
                said_s = now_s
                for key, value in list(self._own.items()):
                    await self.report(key, value)
            await asyncio.sleep(max(self._beat_s + BEAT_EVERY_S + BEAT_GRACE_S - time.monotonic(), BEAT_GRACE_S))

    async def on_link(self, link: Link | None, *, is_relay: bool) -> None:
        """The connection to the site's log is new (tell it what it may have forgotten) or gone (None)."""
        self._link = link
        if link is None:
            return
        for report in list(self.view.heard_alive(time.monotonic())):
            if is_relay or report.node == self._node:
                await self._publish(report)

    def on_own_message(self, message: Message) -> None:
        """A value arrived through our own site's stream."""
        self._absorb(message)

    def on_peer_message(self, message: Message) -> None:
        """A value arrived from a neighbour: news is relayed into our own stream."""
        report = self._absorb(message)
        if report is not None and self._link is not None:
            asyncio.ensure_future(self._publish(report))  # noqa: RUF006 - never raises, and order does not matter

    def _absorb(self, message: Message) -> Heard | None:
        try:
            report = _decode(message.payload)
        except msgspec.MsgspecError as err:
            self.refused += 1
            log.warning("runtime value refused", subject=message.subject, error=str(err))
            return None
        if report.node == self._node and report.epoch >= self._epoch:
            return None  # our own words, come round
        if not self.view.hear(report, time.monotonic()):
            return None
        self.changed.ring()
        return report

    def _next(self, key: str, value: Any) -> Heard:
        self._last_ms = max(self._now_ms(), self._last_ms + 1)  # values are ordered by it, so it must grow
        return Heard(self._site, self._node, self._epoch, key, value, self._last_ms)

    async def _publish(self, report: Heard) -> None:
        link = self._link
        if link is None or not link.is_open:
            return
        ttl_s = int(NODE_EXPIRY_S) if report.key == BEAT else VALUE_TTL_S
        subject = subject_of_value(report.site, report.node, report.key)
        try:
            await (await link.publish_acked(subject, _encode(report), header_block({"Nats-TTL": f"{ttl_s}s"})))
        except (LinkDown, ApiError) as err:
            log.info("runtime value not stored", key=report.key, error=str(err))
