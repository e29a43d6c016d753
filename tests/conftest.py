"""For all tests: passwords hash quickly, names in the kernel are private, and processes are given whole files."""

import os
from collections.abc import Iterator

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.dataplane.netns import own_mounts
from weft.api.identity import passwords

# Files whose tests have nothing in common. They come last, one by one, and so even out the rest.
APART = ("tests/sim/test_promises.py", "tests/api/test_hostile_clients.py")

# Files that share what takes long to make: one process has them all.
TOGETHER = ("tests/api/fuzz/",)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash passwords with little memory: 19 MiB and 25 ms for each would make all tests wait that log in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY_KIB", 64)
        patch.setattr(passwords, "PASSES", 1)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let each process have names of its own in the kernel."""
    if item.get_closest_marker("kernel") and os.geteuid() == 0:
        own_mounts()


class ByFile(LoadScopeScheduling):
    """Gives each process a file at a time, large ones first: a file's tests share what it set up."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file in APART:
            return nodeid
        return next((each for each in TOGETHER if file.startswith(each)), file)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    return ByFile(config, log)
