"""Availability zones: sites are zones."""

from collections.abc import Sequence

from weft.commands.l3.errors import AvailabilityZoneNotFound
from weft.store.kinds import SITE
from weft.store.protocol import State


def check_zones(state: State, hints: Sequence[str]) -> None:
    """Raise AvailabilityZoneNotFound unless each hint names a site."""
    for name in hints:
        if state.get(SITE.name, name) is None:
            raise AvailabilityZoneNotFound(name)
