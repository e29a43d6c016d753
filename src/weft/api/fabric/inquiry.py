"""What must be asked of other nodes and sites: digests, plans, drops, faults."""

import asyncio

from weft.api.fabric.ask import ask_digest, ask_drops, ask_plan, ask_plans
from weft.api.fabric.operation import Asked, BadQuery, Operation, Query
from weft.api.fabric.plan_diff import diff_tables
from weft.model import NodeId, SiteId
from weft.wire.fabric import Digests, DigestView, Drops, DropView, Faults, FaultView, PlanDiff, PlanView


async def digest(asked: Asked) -> Digests:
    """Say what this site holds as one hash, or with `all` what every site does."""
    store = asked.store
    own = DigestView(site=store.site, digest=store.digest(), in_sync=store.in_sync, revision=store.state.revision)
    views = [own]
    if asked.flag("all"):
        others = [
            SiteId(record.key.id)
            for record in store.state.of_kind("site")
            if record.key.id != store.site and not record.get("dead")
        ]
        views += await asyncio.gather(*(ask_digest(store, site) for site in others))
        # Ours may have changed while we asked; what the others answered is compared with what is true now.
        now = DigestView(site=store.site, digest=store.digest(), in_sync=store.in_sync, revision=store.state.revision)
        views[0] = now
    views.sort(key=lambda view: view.site)
    return Digests(views, len({view.digest for view in views}) == 1 and views[0].digest is not None)


async def plan(asked: Asked) -> PlanView:
    """Show what a node's kernel should hold: now, or at one of the last few revisions."""
    revision = asked.number("revision", 0, least=1) if asked.text("revision") else None
    answer = await ask_plan(asked.store, asked.part("node"), revision)
    return PlanView(
        node=answer.node,
        revision=answer.revision,
        applied_revision=answer.applied_revision,
        known_revisions=list(answer.known_revisions),
        tables=answer.tables,
        faults=answer.faults,
    )


async def plan_diff(asked: Asked) -> PlanDiff:
    """Show how two plans of a node differ: the last two, unless revisions are given."""
    node = asked.part("node")
    to = asked.number("to", 0, least=1) if asked.text("to") else None
    newer = await ask_plan(asked.store, node, to)
    if asked.text("from"):
        from_revision = asked.number("from", 0, least=1)
    else:
        earlier = [revision for revision in newer.known_revisions if revision < newer.revision]
        if not earlier:
            raise BadQuery(f"{node} remembers no plan before revision {newer.revision}: give `from`")
        from_revision = earlier[-1]
    older = await ask_plan(asked.store, node, from_revision)
    return PlanDiff(
        node=node,
        from_revision=older.revision,
        to_revision=newer.revision,
        tables=diff_tables(older.tables, newer.tables),
    )


async def drops(asked: Asked) -> Drops:
    """List the packets dropped, by node and reason; of all nodes that are alive, or one."""
    answers, errors = await ask_drops(asked.store, _nodes(asked))
    rows = [
        DropView(answer.node, drop.reason, drop.device, drop.packets, drop.bytes)
        for answer in answers
        for drop in answer.drops
    ]
    return Drops(sorted(rows), errors)


async def faults(asked: Asked) -> Faults:
    """List the gaps in the intent that closed a door somewhere."""
    answers, errors = await ask_plans(asked.store, _nodes(asked))
    rows = [FaultView(answer.node, fault["subject"], fault["reason"]) for answer in answers for fault in answer.faults]
    return Faults(sorted(rows), errors)


def _nodes(asked: Asked) -> list[str]:
    """Return the node asked about, or all that are alive."""
    chosen = asked.text("node")
    if chosen is not None:
        return [chosen]
    runtime = asked.store.runtime
    return sorted(
        record.key.id
        for record in asked.store.state.of_kind("node")
        if runtime.is_alive(NodeId(record.key.id)) and asked.text("site") in (None, record.get("site"))
    )


WHICH_NODES = (
    Query("node", "string", "only this node"),
    Query("site", "string", "only nodes of this site"),
)

OPERATIONS = (
    Operation("/digest", digest, Digests, query=(Query("all", "boolean", "ask every site"),)),
    Operation("/nodes/{node}/plan", plan, PlanView, query=(Query("revision", "integer", "the newest if not given"),)),
    Operation(
        "/nodes/{node}/plan/diff",
        plan_diff,
        PlanDiff,
        query=(
            Query("from", "integer", "revision; the one before `to` if not given"),
            Query("to", "integer", "revision; the newest if not given"),
        ),
    ),
    Operation("/drops", drops, Drops, query=WHICH_NODES),
    Operation("/faults", faults, Faults, query=WHICH_NODES),
)
