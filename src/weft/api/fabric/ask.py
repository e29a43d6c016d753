"""Questions to other nodes and sites on an operator's behalf: all at once, and who is silent is named."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import TypeVar

import msgspec

from weft.model import NodeId, NotFound, SiteId, Unavailable, WeftError
from weft.store.protocol import Store
from weft.wire.fabric import DigestView, NodeError
from weft.wire.node_rpc import (
    SITE_DIGEST,
    DropsAnswer,
    PlanAnswer,
    PlanQuestion,
    SiteDigest,
    node_drops_subject,
    node_plan_subject,
)

ASK_S = 3.0  # a WAN round trip and a node that is busy compiling
T = TypeVar("T")


class NoSuchNode(NotFound):
    """No node of the fabric is called that."""

    code = "node_not_found"

    def __init__(self, node: str) -> None:
        super().__init__(f"no node is called {node}")


class NoSuchPlan(NotFound):
    """The node does not remember that plan."""

    code = "plan_not_found"


class NoAnswer(Unavailable):
    """A node or site did not answer in time."""

    code = "no_answer"


async def ask_plan(store: Store, node: str, revision: int | None) -> PlanAnswer:
    """Return a node's plan. Raises NoSuchNode, NoSuchPlan and NoAnswer."""
    question = msgspec.json.encode(PlanQuestion(revision))
    answer = await _ask(store, node, node_plan_subject(NodeId(node)), question, PlanAnswer)
    if answer.error:
        known = ", ".join(map(str, answer.known_revisions)) or "none"
        raise NoSuchPlan(f"{node}: {answer.error} (known: {known})")
    return answer


async def ask_plans(store: Store, nodes: Collection[str]) -> tuple[list[PlanAnswer], list[NodeError]]:
    """Return the newest plans of several nodes, and those that did not answer."""
    return await _ask_many(nodes, lambda node: ask_plan(store, node, None))


async def ask_drops(store: Store, nodes: Collection[str]) -> tuple[list[DropsAnswer], list[NodeError]]:
    """Return several nodes' drop counters, and those that did not answer."""
    return await _ask_many(nodes, lambda node: _ask(store, node, node_drops_subject(NodeId(node)), b"", DropsAnswer))


async def ask_digest(store: Store, site: SiteId) -> DigestView:
    """Return what a site holds, or why we do not know."""
    try:
        answer = await store.call(site, SITE_DIGEST, b"", deadline_s=ASK_S)
        said = msgspec.json.decode(answer, type=SiteDigest)
    except (WeftError, TimeoutError, msgspec.MsgspecError) as err:
        return DigestView(site=site, digest=None, in_sync=None, revision=None, error=str(err) or "no answer")
    return DigestView(site=said.site, digest=said.digest, in_sync=said.in_sync, revision=said.revision)


async def answer_sites(store: Store) -> None:
    """From now on, answer other sites' questions about this one."""

    async def digest(payload: bytes) -> bytes:
        return msgspec.json.encode(SiteDigest(store.site, store.digest(), store.state.revision, store.in_sync))

    await store.serve(SITE_DIGEST, digest)


async def _ask(store: Store, node: str, subject: str, question: bytes, answer: type[T]) -> T:
    record = store.state.get("node", node)
    if record is None:
        raise NoSuchNode(node)
    site = SiteId(str(record.get("site")))
    try:
        return msgspec.json.decode(await store.call(site, subject, question, deadline_s=ASK_S), type=answer)
    except (Unavailable, TimeoutError) as err:
        raise NoAnswer(f"{node} at site {site} does not answer: {err or 'timed out'}") from err
    except msgspec.MsgspecError as err:
        raise NoAnswer(f"{node} at site {site} answers what we do not understand: {err}") from err


async def _ask_many(
    nodes: Collection[str], ask: Callable[[str], Coroutine[None, None, T]]
) -> tuple[list[T], list[NodeError]]:
    found = await asyncio.gather(*(ask(node) for node in nodes), return_exceptions=True)
    answers, errors = [], []
    for node, answer in zip(nodes, found, strict=True):
        if isinstance(answer, WeftError):
            errors.append(NodeError(node, str(answer)))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            answers.append(answer)
    return answers, sorted(errors)
