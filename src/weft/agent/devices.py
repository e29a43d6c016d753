"""Says when a network device of this namespace came, went or changed."""

import asyncio
from collections.abc import AsyncIterator

from weft.dataplane import DeviceWatch


async def device_events() -> AsyncIterator[None]:
    """Yield after every change of a device; changes that come together are told once."""
    watch = DeviceWatch()
    changed = asyncio.Event()

    def drain() -> None:
        if watch.drain():
            changed.set()

    loop = asyncio.get_running_loop()
    loop.add_reader(watch.fileno(), drain)
    try:
        while True:
            await changed.wait()
            changed.clear()
            yield
    finally:
        loop.remove_reader(watch.fileno())
        watch.close()
