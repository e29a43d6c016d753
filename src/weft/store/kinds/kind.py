"""What the store must know of a kind of record."""

import msgspec


class Kind(msgspec.Struct, frozen=True):
    """What the store must know of a kind of record."""

    name: str
    refers: tuple[tuple[str, str], ...] = ()  # (field path, kind referred to): holds the target alive
    indexed: tuple[str, ...] = ()  # field paths that `State.lookup` serves, besides every reference
    unique: tuple[tuple[str, ...], ...] = ()  # field paths that together name one thing: keep the older, mark the other
    coupled: tuple[tuple[str, ...], ...] = ()  # fields always written together: a conflict is reported once for all
