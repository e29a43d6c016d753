"""A deadline ends what takes too long, and nothing else."""

import asyncio

import pytest

from weft.store.deadline import Deadline


async def test_a_block_that_ends_in_time_is_left_alone():
    with Deadline(0.01):
        pass
    await asyncio.sleep(0.02)  # the timer would have gone off by now


async def test_a_block_that_takes_too_long_raises():
    with pytest.raises(TimeoutError), Deadline(0.01):
        await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_cancellation_by_others_stays_one():
    async def work() -> None:
        with Deadline(60):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_an_error_within_passes():
    with pytest.raises(KeyError), Deadline(60):
        raise KeyError
