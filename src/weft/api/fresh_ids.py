"""Random IDs, made by the hundred: to ask the kernel for 16 bytes each time costs several times what they are for."""

import itertools
import os
from collections.abc import Iterator

_AT_ONCE = 256
_VARIANT = dict(zip("0123456789abcdef", itertools.cycle("89ab")))  # any digit → one with the bits 10 first


def _texts() -> Iterator[str]:
    while True:
        text = os.urandom(16 * _AT_ONCE).hex()
        yield from (text[start : start + 32] for start in range(0, len(text), 32))


_made = _texts()


def _begin_anew() -> None:
    """Make others than the process that we were forked from."""
    global _made
    _made = _texts()


os.register_at_fork(after_in_child=_begin_anew)


def random_hex() -> str:
    """Return 128 random bits, of the kernel's, as 32 hex digits."""
    return next(_made)


def random_uuid() -> str:
    """Return a random UUID (RFC 9562, version 4) as text."""
    text = next(_made)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:]}"
