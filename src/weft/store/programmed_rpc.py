"""What a receipt asks of a node: have you programmed this write? Carried by `Store.call`, as JSON."""

import msgspec

from weft.model import NodeId
from weft.store.records import Key


def programmed_subject(node: NodeId) -> str:
    """Question: ProgrammedQuestion. Answer: ProgrammedAnswer."""
    return f"weft.node.{node}.programmed"


class ProgrammedQuestion(msgspec.Struct, frozen=True):
    """A write: the records it changed and its stamp."""

    keys: tuple[Key, ...]
    hlc: int


class ProgrammedAnswer(msgspec.Struct, frozen=True):
    """What became of it on one node."""

    concerned: bool  # it touched something this node acts on
    at_ms: int | None  # when the kernel had all of it; None: not yet, or not concerned
