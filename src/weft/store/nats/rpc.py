"""Questions between sites and nodes: NATS request and reply on the server of the site that is asked."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from weft.model import Conflict, Denied, Invalid, NotFound, SiteId, Unavailable, WeftError
from weft.store.nats.lean_client import header_block
from weft.store.nats.link import Link, LinkDown, Reply
from weft.store.protocol import Handler

log = structlog.get_logger()

AT_ONCE = 64  # questions being answered at the same time; more wait their turn
FAMILIES: dict[str, type[WeftError]] = {
    family.__name__: family for family in (Conflict, Denied, Invalid, NotFound, Unavailable)
}


def answer_of(site: SiteId, reply: Reply) -> bytes:
    """Return what a reply says. Raises what the handler raised there."""
    family = reply.headers.get("Weft-Error")
    if family is not None:
        raise FAMILIES.get(family, Unavailable)(f"site {site}: {reply.data.decode(errors='replace')}")
    return reply.data


class Rpc:
    """Serves our handlers on our own server and asks on whichever `link_to` gives."""

    def __init__(self, link_to: Callable[[SiteId], Awaitable[Link]]) -> None:
        self._link_to = link_to
        self._handlers: dict[str, tuple[Handler, str]] = {}
        self._link: Link | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()

    async def serve(self, subject: str, handler: Handler, *, queue: str = "") -> None:
        """Answer `subject` from now on, also after reconnects. With `queue`, one of those who serve answers."""
        self._handlers[subject] = (handler, queue)
        if self._link is not None:
            with contextlib.suppress(LinkDown):
                await self._subscribe(self._link, subject)

    async def on_link(self, link: Link | None) -> None:
        """The connection to the site's own server is new, or gone. Raises LinkDown."""
        self._link = link
        if link is not None:
            for subject in list(self._handlers):
                await self._subscribe(link, subject)

    async def call(self, site: SiteId, subject: str, payload: bytes, *, deadline_s: float) -> bytes:
        """Return the answer of `site`. Raises what the handler raised, or Unavailable."""
        try:
            async with asyncio.timeout(deadline_s):
                link = await self._link_to(site)
                reply = await link.request(subject, payload, deadline_s=deadline_s)
        except (TimeoutError, LinkDown) as err:
            why = str(err) or f"no answer within {deadline_s:g} s"
            raise Unavailable(f"site {site} cannot be asked now: {why}") from err
        return answer_of(site, reply)

    async def close(self) -> None:
        """Stop answering."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _subscribe(self, link: Link, subject: str) -> None:
        handler, queue = self._handlers[subject]

        def on_question(_subject: str, reply: str, _headers: bytes, question: bytes) -> None:
            task = asyncio.create_task(self._answer(link, handler, subject, reply, question))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

        await link.subscribe(subject, on_question, queue=queue)

    async def _answer(self, link: Link, handler: Handler, subject: str, reply: str, question: bytes) -> None:
        headers = b""
        async with self._slots:
            try:
                answer = await handler(question)
            except WeftError as err:
                family = next((name for name, family in FAMILIES.items() if isinstance(err, family)), "Unavailable")
                answer, headers = str(err).encode(), header_block({"Weft-Error": family})
            except Exception as err:  # a bad question must not take the answering machine down
                log.exception("question failed", subject=subject)
                answer, headers = repr(err).encode(), header_block({"Weft-Error": "Unavailable"})
        if reply:
            with contextlib.suppress(LinkDown):
                await link.publish(reply, answer, headers)
