"""From whom a site pulls. Everybody computes the same graph from the same list of sites."""

import random
from collections.abc import Collection

from weft.model import SiteId

FULL_MESH_MAX = 50  # a pull costs 0.08 % of a core at both ends; beyond, relaying is cheaper
DEGREE = 4


def neighbours_of(site: SiteId, sites: Collection[SiteId], degree: int = DEGREE) -> list[SiteId]:
    """Return the sites that `site` pulls from: all others, or its successor on a ring and `degree` - 1 at random.

    The ring makes the graph strongly connected whatever chance does; chance makes it shallow and keeps it
    connected when sites are lost. Depends on the members only, so it changes little when one joins or leaves.
    """
    ring = sorted({*sites, site})
    others = [other for other in ring if other != site]
    if len(ring) <= FULL_MESH_MAX:
        return others
    successor = ring[(ring.index(site) + 1) % len(ring)]
    # Every pair gets its own number, and the smallest win: a site that joins displaces one neighbour, not all.
    by_chance = sorted(others, key=lambda other: random.Random(f"{site} {other}").random())
    return [successor, *(other for other in by_chance if other != successor)][:degree]
