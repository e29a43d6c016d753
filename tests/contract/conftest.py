"""A whole API of one node on a real port, and the stock clients pointed at it."""

import json
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


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve an empty cloud for a file's tests; yields its URL."""
    with serving() as served:
        yield served.url


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Keep the server's log out of what the clients print: both are this process."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def sdk(clouds: Path) -> Iterator[Connection]:
    """Connect with openstacksdk as the administrator."""
    config = openstack.config.OpenStackConfig(config_files=[str(clouds)])
    connection = Connection(config=config.get_one("weft"))
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def forking() -> Iterator[subprocess.Popen[str]]:
    """Start what `openstack` commands are forked from."""
    command = [sys.executable, str(Path(__file__).with_name("forking.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def openstack_client(clouds: Path, forking: subprocess.Popen[str]) -> Callable[..., str]:
    """Return a function that runs the `openstack` command and returns its output."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    cloud = {"OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": "weft", "NO_PROXY": "127.0.0.1"}
    assert forking.stdin is not None
    assert forking.stdout is not None
    ask, answers = forking.stdin, forking.stdout

    def run(*words: str, fails: bool = False, **environment: str) -> str:
        """`fails`: it must, and what it says on stderr is returned. More environment: "OS_USERNAME" and so on."""
        ask.write(json.dumps([words, {**inherited, **cloud, **environment}]) + "\n")
        ask.flush()
        code, out, complaint = json.loads(answers.readline())
        assert (code != 0) == fails, f"{' '.join(words)}\n{out}{complaint}"
        return complaint if fails else out

    return run
