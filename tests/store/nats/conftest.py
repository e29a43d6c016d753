"""Every test gets a fabric of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.store.nats.sites import Fabric


@pytest.fixture
async def fabric(tmp_path: Path) -> AsyncIterator[Fabric]:
    async with AsyncExitStack() as stack:
        yield Fabric(tmp_path, stack)
