"""How far has a write come? Every site is asked whether it holds it, every node whether it has programmed it."""

import asyncio

import msgspec

from weft.model import NodeId, NotFound, SiteId, Unavailable
from weft.store.clock import ms_from_hlc
from weft.store.holdings import Holdings, key_of_text
from weft.store.nats.rpc import Rpc
from weft.store.nats.subjects import RPC
from weft.store.programmed_rpc import ProgrammedAnswer, ProgrammedQuestion, programmed_subject
from weft.store.protocol import ReceiptStatus, Runtime
from weft.store.records import Key

DOTS, HOLDS = RPC + "receipt", RPC + "holds"
ASK_S = 2.0


class Dot(msgspec.Struct, frozen=True, array_like=True):
    """One write to one record: its writer's n-th."""

    key: Key
    writer: str
    n: int


class WriteName(msgspec.Struct, frozen=True, array_like=True):
    """Which write: as a receipt names it."""

    site: str
    hlc: int


class Receipts:
    """Asks and answers."""

    def __init__(self, site: SiteId, holdings: Holdings, runtime: Runtime, rpc: Rpc) -> None:
        self._site, self._holdings, self._runtime, self._rpc = site, holdings, runtime, rpc

    async def status(self, id: str) -> ReceiptStatus:
        """See `Store.receipt`."""
        name = _parse(id)
        dots = await self._find(name)
        if not dots:
            raise NotFound(f"no receipt {id}: nobody remembers such a write")
        keys = tuple(dot.key for dot in dots)
        sites = self._living_sites()
        nodes = [node for node in self._nodes() if self._runtime.is_alive(node)]
        stored, programmed = await asyncio.gather(
            asyncio.gather(*(self._is_stored(site, dots) for site in sites)),
            asyncio.gather(*(self._programmed(node, ProgrammedQuestion(keys, name.hlc)) for node in nodes)),
        )
        return ReceiptStatus(
            id=id,
            site=SiteId(name.site),
            at_ms=ms_from_hlc(name.hlc),
            keys=keys,
            stored=dict(zip(sites, stored, strict=True)),
            programmed={node: answer.at_ms for node, answer in zip(nodes, programmed, strict=True) if answer.concerned},
        )

    async def serve(self) -> None:
        """Answer other sites' questions from now on."""
        await self._rpc.serve(DOTS, self._on_dots, queue="weftd")
        await self._rpc.serve(HOLDS, self._on_holds, queue="weftd")

    async def _find(self, name: WriteName) -> list[Dot]:
        """Return what the write touched, from our memory or that of the site where it was made."""
        dots = self._remembered(name)
        if not dots and name.site != self._site:
            try:
                answer = await self._rpc.call(SiteId(name.site), DOTS, msgspec.msgpack.encode(name), deadline_s=ASK_S)
                dots = msgspec.msgpack.decode(answer, type=list[Dot])
            except (Unavailable, msgspec.MsgspecError):
                dots = []
        return dots

    def _remembered(self, name: WriteName) -> list[Dot]:
        rows = self._holdings.journal_of_stamp(name.hlc, SiteId(name.site))
        return list({row.key: Dot(key_of_text(row.key), row.site, row.n) for row in rows}.values())

    async def _is_stored(self, site: SiteId, dots: list[Dot]) -> bool:
        if site == self._site:
            return self._holds(dots)
        try:
            answer = await self._rpc.call(site, HOLDS, msgspec.msgpack.encode(dots), deadline_s=ASK_S)
        except Unavailable:
            return False
        return answer == b"\xc3"

    async def _programmed(self, node: NodeId, question: ProgrammedQuestion) -> ProgrammedAnswer:
        record = self._holdings.state.get("node", node)
        site = SiteId(str(record.get("site"))) if record else self._site
        try:
            answer = await self._rpc.call(
                site, programmed_subject(node), msgspec.json.encode(question), deadline_s=ASK_S
            )
            return msgspec.json.decode(answer, type=ProgrammedAnswer)
        except (Unavailable, msgspec.MsgspecError):
            return ProgrammedAnswer(concerned=False, at_ms=None)  # it cannot say; its site shows as not stored

    def _holds(self, dots: list[Dot]) -> bool:
        for dot in dots:
            record = self._holdings.state.raw(dot.key)
            if record is None or record.versions.get(dot.writer, 0) < dot.n:
                return False
        return True

    def _living_sites(self) -> list[SiteId]:
        sites = (SiteId(site.key.id) for site in self._holdings.state.of_kind("site") if not site.get("dead"))
        return sorted({*sites, self._site})

    def _nodes(self) -> list[NodeId]:
        return sorted(NodeId(node.key.id) for node in self._holdings.state.of_kind("node"))

    async def _on_dots(self, payload: bytes) -> bytes:
        return msgspec.msgpack.encode(self._remembered(msgspec.msgpack.decode(payload, type=WriteName)))

    async def _on_holds(self, payload: bytes) -> bytes:
        return msgspec.msgpack.encode(self._holds(msgspec.msgpack.decode(payload, type=list[Dot])))


def _parse(id: str) -> WriteName:
    site, _, hlc = id.rpartition("-")
    try:
        return WriteName(site, int(hlc, 16))
    except ValueError:
        raise NotFound(f"no receipt {id}: receipts look like a-1a1fc35e48b0000") from None
