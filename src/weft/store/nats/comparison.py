"""Comparing digests with another site over NATS, and fetching what differs. The authority on convergence."""

from collections.abc import Callable

import structlog

from weft.model import Invalid, SiteId, Unavailable
from weft.store.agreement import HELD, Standing
from weft.store.holdings import Holdings
from weft.store.nats.link import Link
from weft.store.nats.rpc import Rpc, answer_of
from weft.store.nats.subjects import RPC
from weft.store.repair import DIGEST, FETCH

log = structlog.get_logger()

NAME_BYTES_MAX = 255


async def standing(link: Link, holdings: Holdings, site: SiteId, now_ms: int) -> Standing:
    """Return where `site` stands. Raises AwayForTooLong, MustStartAnew: the two must not be merged; Unavailable.

    Unavailable, too, while our own log has not been read: with an empty disk we cannot say yet how old what we hold is,
    and would take a new site for one that was away.
    """
    replica = holdings.replica
    if not replica.agreement.memory.born:
        raise Unavailable("this node has yet to read its site's log")
    reply = await link.request(RPC + HELD, replica.site.encode())
    return replica.agreement.heard(site, answer_of(site, reply), now_ms)


async def compare(link: Link, holdings: Holdings, site: SiteId, now_ms: int) -> bool:
    """Fetch what `site` holds and we do not; returns whether the two held the same. Raises as `standing`."""
    stand = await standing(link, holdings, site, now_ms)
    repair, refused = holdings.replica.repair(), holdings.replica.quarantine.count
    while (request := repair.request()) is not None:
        reply = await link.request(RPC + request.verb, request.payload)
        try:
            fetched = repair.take(answer_of(site, reply))
        except Invalid as err:
            raise Unavailable(f"site {site} answers a comparison with nonsense: {err}") from err
        for data in fetched:
            holdings.on_peer(data, site)
    if repair.is_complete and holdings.replica.quarantine.count == refused:
        holdings.replica.agreement.has_all(site, stand)
    if repair.fetched:
        log.info("fetched what the log had not brought", site=site, records=repair.fetched)
    return repair.equal


async def answer_comparisons(
    rpc: Rpc,
    holdings: Holdings,
    in_sync: Callable[[], bool],
    has_read: Callable[[], bool],
    now_ms: Callable[[], int],
    *,
    serves: bool,
) -> None:
    """Answer other sites' comparisons from now on, but not before our own log has been read.

    Where the site stands says the node that compares it with others; it need not have read others for that.
    """

    async def stand(payload: bytes) -> bytes:
        if not has_read():
            raise Unavailable("this node has yet to read its site's log")
        return holdings.replica.agreement.says(SiteId(payload[:NAME_BYTES_MAX].decode(errors="replace")), now_ms())

    if serves:
        await rpc.serve(RPC + HELD, stand, queue="weftd")
    for verb in (DIGEST, FETCH):

        async def handler(payload: bytes, verb: str = verb) -> bytes:
            if not in_sync():
                raise Unavailable("this node has yet to read its site's log")
            return holdings.replica.answer(verb, payload)

        await rpc.serve(RPC + verb, handler, queue="weftd")
