"""What sites and nodes ask each other on behalf of an operator: subjects, questions and answers, as JSON.

Carried by `Store.call` and `Store.serve`. Node subjects are answered by that node's agent, wherever in its
site the question arrives; site subjects by any node of the site.
"""

from typing import Any

import msgspec

from weft.model import NodeId, SiteId

SITE_DIGEST = "weft.rpc.digest_summary"  # question: empty; answer: SiteDigest


def node_plan_subject(node: NodeId) -> str:
    """Question: PlanQuestion. Answer: PlanAnswer."""
    return f"weft.node.{node}.plan"


def node_drops_subject(node: NodeId) -> str:
    """Question: empty. Answer: DropsAnswer."""
    return f"weft.node.{node}.drops"


class SiteDigest(msgspec.Struct, frozen=True):
    """What one site holds, in one line."""

    site: SiteId
    digest: str
    revision: int  # changes merged by the process that answers; not comparable between processes
    in_sync: bool


class PlanQuestion(msgspec.Struct, frozen=True):
    """Which plan: the present one, or one of the last few by revision."""

    revision: int | None = None


class PlanAnswer(msgspec.Struct, frozen=True):
    """A node's plan, each table a list of rows sorted by key, addresses as strings."""

    node: NodeId
    revision: int
    applied_revision: int  # what the data plane holds
    known_revisions: tuple[int, ...]  # those that may be asked for, oldest first
    tables: dict[str, list[dict[str, Any]]]  # by table name, plan.TABLES
    faults: list[dict[str, str]]  # {subject, reason}
    error: str | None = None  # "revision 12 is forgotten": then the tables are empty


class DropCount(msgspec.Struct, frozen=True, order=True):
    """Packets dropped on a node for one reason."""

    reason: str  # "unknown_mac", "spoofed_source"…
    packets: int
    bytes: int = 0
    device: str = ""  # "" if the data plane counts per node only


class DropsAnswer(msgspec.Struct, frozen=True):
    """A node's drop counters since its maps were made; reasons never hit are left out."""

    node: NodeId
    drops: tuple[DropCount, ...]
