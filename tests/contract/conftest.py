"""A whole API of one node on a real port, and the stock clients pointed at it."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import openstack
import pytest
from openstack.connection import Connection

from tests.api.neutron.callers import hand_over_to_oneself
from weft.api.app import create_app
from weft.api.identity import passwords
from weft.api.identity.seeding import seed_identity
from weft.api.server import bind, serve_api
from weft.api.settings import ApiSettings
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes

OPENSTACK = Path(sys.executable).with_name("openstack")  # ours, whatever else is on the PATH

SECRET, PASSWORD = b"s" * 32, "correct horse"


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """Serve an empty cloud for the whole session; yields its URL."""
    listener = bind("127.0.0.1:0")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        store = MemoryStore(site="a", node="a1")
        site = Write(Key("fabric", "site", "a"), {"number": 1, "api_url": url, "region": "RegionOne"}, create=True)
        node = Write(Key("fabric", "node", "a1"), {"site": "a", "underlay_ip": "198.19.1.1"}, create=True)
        await store.commit(Writes((site, node)))
        hand_over_to_oneself(store)
        await seed_identity(store, SECRET, PASSWORD)
        await serve_api(create_app(store, ApiSettings(SECRET, public_url=url)), listener)

    server = loop.create_task(serve())

    def run() -> None:
        try:
            loop.run_until_complete(server)
        except asyncio.CancelledError:
            loop.close()

    thread = threading.Thread(target=run, name="api")
    thread.start()
    yield url
    loop.call_soon_threadsafe(server.cancel)
    thread.join(timeout=10)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash passwords with little memory: these tests are not about that."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "MEMORY_KIB", 64)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def clouds(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a clouds.yaml with the cloud `weft`."""
    file = tmp_path_factory.mktemp("clouds") / "clouds.yaml"
    file.write_text(f"""\
clouds:
  weft:
    identity_api_version: 3
    auth:
      auth_url: {url}/identity/v3
      username: admin
      password: {PASSWORD}
      project_name: admin
      user_domain_id: default
      project_domain_id: default
""")
    return file


@pytest.fixture(scope="session")
def sdk(clouds: Path) -> Iterator[Connection]:
    """Connect with openstacksdk as the administrator."""
    config = openstack.config.OpenStackConfig(config_files=[str(clouds)])
    connection = Connection(config=config.get_one("weft"))
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def openstack_client(clouds: Path) -> Callable[..., str]:
    """Return a function that runs the `openstack` command and returns its output."""

    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    cloud = {"OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": "weft", "NO_PROXY": "127.0.0.1"}

    def run(*words: str, fails: bool = False, **environment: str) -> str:
        """`fails`: it must, and what it says on stderr is returned. More environment: "OS_USERNAME" and so on."""
        everything = {**inherited, **cloud, **environment}
        done = subprocess.run([OPENSTACK, *words], env=everything, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stderr if fails else done.stdout

    return run
