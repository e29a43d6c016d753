"""One cloud for all that is asked; whatever it is asked, it is the same cloud afterwards."""

from collections.abc import Iterator

import pytest

from weft.api.identity import passwords

from .cloud import Cloud, fuzzed_cloud
from .furnishing import furnish


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "MEMORY_KIB", 64)  # hashes cheaply: this is not about passwords
    with fuzzed_cloud() as cloud:
        furnish(cloud)
        yield cloud
    patch.undo()
