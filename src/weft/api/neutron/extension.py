"""What `/v2.0/extensions` says of an extension."""

from typing import NamedTuple


class Extension(NamedTuple):
    """One extension, as listed."""

    alias: str
    name: str
    updated: str
    description: str
