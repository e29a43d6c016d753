"""What must hold between records and no merge sees to: found afterwards (findings.py), and reported."""

from weft.store.rules.at_odds import AT_ODDS
from weft.store.rules.gone import GONE
from weft.store.rules.overlaps import OVERLAPS
from weft.store.rules.rule import Astray, Clash, Graveyard, Lost

CLASHES: tuple[Clash, ...] = (*OVERLAPS, *AT_ODDS)
ASTRAY: tuple[Astray, ...] = GONE

__all__ = ["ASTRAY", "CLASHES", "Astray", "Clash", "Graveyard", "Lost"]
