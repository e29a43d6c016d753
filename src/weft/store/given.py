"""What a decision to give parts of a pool to a site comes to, and why it may come to nothing."""

from typing import Any, NamedTuple

from weft.model import Conflict, SiteId

Fields = dict[str, Any]


class Given(NamedTuple):
    """A decision to give: grants to write, and the items that must be claimed while doing so."""

    fields: Fields
    claims: list[str]


class NotOurs(Conflict):
    """The item asked for belongs to another site by now."""

    code = "not_ours"

    def __init__(self, pool: str, item: str, owner: SiteId) -> None:
        self.owner = owner
        super().__init__(f"{pool}: {item} belongs to site {owner}")


class NothingToGive(Conflict):
    """We have no free item of the pool, or the very item asked for is in use."""

    code = "nothing_to_give"
