"""A whole API of one node on a real port, and the stock clients pointed at it."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import openstack
import pytest
import structlog
from openstack.connection import Connection

from tests.api.serving import PASSWORD, serving
from weft.api.identity import passwords

OPENSTACK = Path(sys.executable).with_name("openstack")  # ours, whatever else is on the PATH


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """Serve an empty cloud for the whole session; yields its URL."""
    with serving() as served:
        yield served.url


@pytest.fixture(scope="session", autouse=True)
def quiet() -> Iterator[None]:
    """Keep the server's log out of what the clients print: both are this process."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.configure(**before)


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
