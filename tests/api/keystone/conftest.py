"""A real Keystone with SQLite, in a process of its own, and a Weft that takes its tokens."""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.neutron.callers import hand_over_to_oneself
from weft.api.app import create_app
from weft.api.settings import ApiSettings
from weft.store.records import Key
from weft.store.simulated.memory import MemoryStore
from weft.store.writes import Write, Writes

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".tools/keystone/bin/python"
PASSWORD = "correct horse"
SETTINGS = """\
[database]
connection = sqlite:///{home}/keystone.sqlite
[fernet_tokens]
key_repository = {home}/fernet
[fernet_receipts]
key_repository = {home}/fernet
[credential]
key_repository = {home}/credential
[identity]
password_hash_rounds = 4
[oslo_policy]
enforce_scope = true
"""


class Keystone:
    """One that runs, in shorthand."""

    def __init__(self, home: Path) -> None:
        self._home = home
        (home / "keystone.conf").write_text(SETTINGS.format(home=home))
        for name in ("fernet", "credential"):
            (home / name).mkdir(mode=0o700)
        self.manage("db_sync")
        me = [word for kind in ("user", "group") for word in (f"--keystone-{kind}", str(os.getuid()))]
        self.manage("fernet_setup", *me)
        self.port = "0"
        self.start()
        urls = [word for kind in ("public", "internal", "admin") for word in (f"--bootstrap-{kind}-url", self.url)]
        self.manage("bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-region-id", "RegionOne", *urls)
        self.admin = self.token("admin", PASSWORD)

    def start(self) -> None:
        with (self._home / "log").open("a") as log:
            self.process = subprocess.Popen(
                [PYTHON, Path(__file__).with_name("stock.py"), self._home, self.port],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip()  # the same again if it is started again
        assert self.port, (self._home / "log").read_text()[-2000:]
        self.url = f"http://127.0.0.1:{self.port}/v3"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def manage(self, *words: str) -> None:
        manage = [PYTHON.with_name("keystone-manage"), "--config-file", self._home / "keystone.conf", *words]
        done = subprocess.run(manage, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"X-Auth-Token": self.admin, **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = httpx.request(method, self.url + path, json=body, headers=sent, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer

    def token(self, user: str, password: str, project: str = "admin") -> str:
        person = {"name": user, "domain": {"id": "default"}, "password": password}
        scope = {"project": {"name": project, "domain": {"id": "default"}}}
        return self.log_in({"identity": {"methods": ["password"], "password": {"user": person}}, "scope": scope})

    def log_in(self, auth: Any) -> str:
        answer = httpx.post(self.url + "/auth/tokens", json={"auth": auth}, timeout=20)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["X-Subject-Token"])

    def make_user(self, name: str, project: str, role: str) -> str:
        """Make a user and its project, and return the project's ID."""
        user = self("POST", "/users", {"user": {"name": name, "password": "pw"}}).json()["user"]["id"]
        project_id = self("POST", "/projects", {"project": {"name": project}}).json()["project"]["id"]
        role_id = self("GET", f"/roles?name={role}").json()["roles"][0]["id"]
        self("PUT", f"/projects/{project_id}/users/{user}/roles/{role_id}")
        return str(project_id)


@pytest.fixture(scope="session")
def keystone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keystone]:
    """The operator's Keystone. Installed on the first use, some seconds; started in five."""
    subprocess.run([ROOT / "tools/setup", "keystone"], check=True, timeout=600)
    running = Keystone(tmp_path_factory.mktemp("keystone"))
    network = running("POST", "/services", {"service": {"type": "network", "name": "weft"}}).json()["service"]
    endpoint = {"service_id": network["id"], "interface": "public", "url": "http://weft.test", "region_id": "RegionOne"}
    running("POST", "/endpoints", {"endpoint": endpoint})
    running.make_user("ann", "shop", "member")
    yield running
    running.stop()


def authtoken(keystone: Keystone) -> dict[str, str | int]:
    """What an operator writes under [keystone_authtoken]."""
    return {
        "auth_type": "password",
        "auth_url": keystone.url,
        "www_authenticate_uri": keystone.url,
        "username": "admin",
        "password": PASSWORD,
        "project_name": "admin",
        "user_domain_id": "default",
        "project_domain_id": "default",
        "http_request_max_retries": 0,
        "http_connect_timeout": 3,
    }


@pytest.fixture
async def weft(keystone: Keystone) -> AsyncIterator[httpx.AsyncClient]:
    """A Weft that asks that Keystone."""
    settings = ApiSettings(b"s" * 32, keystone_authtoken=authtoken(keystone))
    store = MemoryStore(site="a", node="a1")
    site = Write(Key("fabric", "site", "a"), {"number": 1, "api_url": "http://weft.test"}, create=True)
    await store.commit(Writes((site,)))
    hand_over_to_oneself(store)
    app = create_app(store, settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://weft.test") as client:
        yield client
