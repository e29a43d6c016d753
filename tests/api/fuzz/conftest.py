"""One cloud for all that is asked; whatever it is asked, it is the same cloud afterwards."""

from collections.abc import Iterator

import pytest

from .cloud import Cloud, fuzzed_cloud
from .furnishing import furnish


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    with fuzzed_cloud() as cloud:
        furnish(cloud)
        yield cloud
