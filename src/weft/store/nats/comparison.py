"""Comparing digests with another site over NATS, and fetching what differs. The authority on convergence."""

from collections.abc import Callable

import structlog

from weft.model import Invalid, SiteId, Unavailable
from weft.store.holdings import Holdings
from weft.store.nats.link import Link
from weft.store.nats.rpc import Rpc, answer_of
from weft.store.nats.subjects import RPC
from weft.store.repair import DIGEST, FETCH

log = structlog.get_logger()


async def compare(link: Link, holdings: Holdings, site: SiteId) -> bool:
    """Fetch what `site` holds and we do not; returns whether the two held the same. Raises Unavailable."""
    repair = holdings.replica.repair()
    while (request := repair.request()) is not None:
        reply = await link.request(RPC + request.verb, request.payload)
        try:
            fetched = repair.take(answer_of(site, reply))
        except Invalid as err:
            raise Unavailable(f"site {site} answers a comparison with nonsense: {err}") from err
        for data in fetched:
            holdings.on_peer(data, site)
    if repair.fetched:
        log.info("fetched what the log had not brought", site=site, records=repair.fetched)
    return repair.equal


async def answer_comparisons(rpc: Rpc, holdings: Holdings, in_sync: Callable[[], bool]) -> None:
    """Answer other sites' comparisons from now on, but not before our own log has been read."""
    for verb in (DIGEST, FETCH):

        async def handler(payload: bytes, verb: str = verb) -> bytes:
            if not in_sync():
                raise Unavailable("this node has yet to read its site's log")
            return holdings.replica.answer(verb, payload)

        await rpc.serve(RPC + verb, handler, queue="weftd")
