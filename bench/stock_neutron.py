"""A stock Neutron for benchmarks: uWSGI with two workers, its RPC server and periodic workers, MariaDB that syncs.

As upstream documents it, and easier on it than any real site: no RabbitMQ (fake transport), no Keystone (noauth: all
is the administrator's), the database over a local socket and its buffers large. Everything lives in a directory of its
own and ends with the block.
"""

import contextlib
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from common import REPOSITORY, wait_until
from site_of_one import free_port

VENV = REPOSITORY / ".tools" / "neutron"
READY_DEADLINE_S = 120
WORKERS = 2
SERVICES = "router,qos,trunk,segments,port_forwarding"

NEUTRON_CONF = """[DEFAULT]
core_plugin = ml2
service_plugins = {services}
auth_strategy = noauth
transport_url = fake://
state_path = {directory}
api_paste_config = {venv}/etc/neutron/api-paste.ini
rpc_workers = 1
rpc_state_report_workers = 0
notify_nova_on_port_status_changes = false
notify_nova_on_port_data_changes = false
pagination_max_limit = -1
[database]
connection = mysql+pymysql://root@localhost/neutron?unix_socket={directory}/mariadb.sock&charset=utf8
[oslo_concurrency]
lock_path = {directory}
[oslo_messaging_notifications]
driver = noop
[quotas]
quota_network = -1
quota_subnet = -1
quota_port = -1
[ml2]
type_drivers = flat,vlan,vxlan
tenant_network_types = vxlan
mechanism_drivers = openvswitch
extension_drivers = port_security,qos
[ml2_type_vxlan]
vni_ranges = 1:65535
"""
UWSGI_INI = """[uwsgi]
http-socket = 127.0.0.1:{port}
home = {venv}
module = neutron.wsgi.api:application
master = true
lazy-apps = true
enable-threads = true
thunder-lock = true
processes = {workers}
threads = 1
buffer-size = 65535
listen = 100
die-on-term = true
start-time = %t
add-header = Connection: close
disable-logging = true
"""


@dataclass
class Neutron:
    """A running Neutron."""

    url: str
    directory: Path
    ready_s: float = 0.0  # of the API, from exec to its first answer; its database is there already
    processes: list[psutil.Popen] = field(default_factory=list)

    def rss_mib(self) -> float:
        """Return the resident memory of all its processes and MariaDB's."""
        tree = [each for process in self.processes for each in (process, *process.children(recursive=True))]
        return float(sum(process.memory_info().rss for process in tree) / 2**20)

    def sql(self, statements: str) -> str:
        """Run SQL in its database and return the rows, tab-separated."""
        command = ["mariadb", "--no-defaults", "-S", f"{self.directory}/mariadb.sock", "-uroot", "-N", "neutron"]
        done = subprocess.run(command, input=statements, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"mariadb: {done.stderr.strip()}")
        return done.stdout

    def multiply(self, port_id: str, count: int) -> None:
        """Make `count` copies of a port by SQL: row by row as the original in every table, each with its own address.

        Through the API 5,000 ports would take twenty minutes, and lists are about reading.
        """
        self.sql("\n".join(copies_of(self, port_id, count)))


@contextlib.contextmanager
def running_neutron() -> Iterator[Neutron]:
    """Start MariaDB with an empty Neutron database, and Neutron; stop both at the end."""
    subprocess.run([REPOSITORY / "tools" / "setup", "neutron"], check=True)
    with tempfile.TemporaryDirectory(prefix="weft-bench-neutron-") as name:
        directory = Path(name)
        neutron = Neutron(f"http://127.0.0.1:{free_port()}", directory)
        try:
            start_mariadb(neutron)
            start_neutron(neutron)
            yield neutron
        finally:
            stop(neutron.processes)


def start_mariadb(neutron: Neutron) -> None:
    """Return once MariaDB answers. Its durability is the stock one: every commit is synced."""
    data = neutron.directory / "mariadb"
    install = ["mariadb-install-db", "--no-defaults", "--user=root", "--auth-root-authentication-method=normal"]
    subprocess.run([*install, f"--datadir={data}"], check=True, capture_output=True)
    settings = ["--skip-networking", "--skip-log-bin", "--innodb-buffer-pool-size=512M", "--max-connections=500"]
    socket = f"--socket={neutron.directory}/mariadb.sock"
    start(neutron, ["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", socket, *settings])
    admin = ["mariadb", "--no-defaults", "-S", f"{neutron.directory}/mariadb.sock", "-uroot", "-e"]

    def create() -> bool:
        made = subprocess.run([*admin, "CREATE DATABASE neutron CHARACTER SET utf8"], capture_output=True)
        return made.returncode == 0

    wait_until(create, deadline_s=READY_DEADLINE_S, what="MariaDB ready")


def start_neutron(neutron: Neutron) -> None:
    """Write the configuration, make the tables, start API, RPC server and periodic workers."""
    directory, values = neutron.directory, {"directory": neutron.directory, "venv": VENV, "services": SERVICES}
    config = directory / "neutron.conf"
    config.write_text(NEUTRON_CONF.format(**values))
    (directory / "uwsgi.ini").write_text(
        UWSGI_INI.format(port=neutron.url.rsplit(":", 1)[1], venv=VENV, workers=WORKERS)
    )
    upgrade = [str(VENV / "bin" / "neutron-db-manage"), "--config-file", str(config), "upgrade", "head"]
    subprocess.run(upgrade, check=True, capture_output=True)
    started = time.monotonic()
    start(neutron, [str(VENV / "bin" / "uwsgi"), "--ini", str(directory / "uwsgi.ini")])
    wait_until(lambda: answers(neutron.url), deadline_s=READY_DEADLINE_S, what="Neutron ready", every_s=0.05)
    neutron.ready_s = time.monotonic() - started
    for program in ("neutron-rpc-server", "neutron-periodic-workers"):
        start(neutron, [str(VENV / "bin" / program), "--config-file", str(config)])


def start(neutron: Neutron, command: Sequence[str]) -> None:
    """Start one of its processes, which stops with it."""
    environment = os.environ | {
        "OS_NEUTRON_CONFIG_DIR": str(neutron.directory),
        "OS_NEUTRON_CONFIG_FILES": "neutron.conf",
    }
    with (neutron.directory / f"{Path(command[0]).name}.log").open("ab") as log:
        neutron.processes.append(
            psutil.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        )


def stop(processes: Sequence[psutil.Popen]) -> None:
    """End processes, the last one first, and what they started."""
    for process in reversed(processes):
        family = [process, *process.children(recursive=True)] if process.is_running() else []
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.terminate()
        for member in psutil.wait_procs(family, timeout=10)[1]:
            member.kill()


def answers(url: str) -> bool:
    """Whether its API answers a list."""
    try:
        with urllib.request.urlopen(f"{url}/v2.0/networks?limit=1", timeout=60):
            return True
    except (urllib.error.URLError, OSError):
        return False


def copies_of(neutron: Neutron, port_id: str, count: int) -> Iterator[str]:
    """Yield the statements that copy a port `count` times."""
    tables = neutron.sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'neutron' AND "
        "(column_name = 'port_id' OR table_name IN ('ports', 'standardattributes')) ORDER BY ordinal_position;"
    )
    named = {line.split("\t")[0] for line in tables.splitlines()} - {"ports", "standardattributes"}
    new_id = f"CONCAT('{port_id[:24]}', LOWER(LPAD(HEX(seq + 1000000), 12, '0')))"
    new_mac = "CONCAT('fa:16:3f:', LOWER(CONCAT_WS(':', LPAD(HEX(seq DIV 65536), 2, '0'), "
    new_mac += "LPAD(HEX(seq DIV 256 MOD 256), 2, '0'), LPAD(HEX(seq MOD 256), 2, '0'))))"
    yield f"SET @attr = (SELECT standard_attr_id FROM ports WHERE id = '{port_id}');"
    yield "SET @base = (SELECT MAX(id) FROM standardattributes);"
    yield copy(neutron, "standardattributes", "id = @attr", {"id": "@base + seq"}, count)
    own = {"id": new_id, "standard_attr_id": "@base + seq", "mac_address": new_mac}
    yield copy(neutron, "ports", f"id = '{port_id}'", own, count)
    for table in sorted(named):
        fresh = {"port_id": new_id, "ip_address": "INET_NTOA(INET_ATON(ip_address) + 1000 + seq)"}
        yield copy(neutron, table, f"port_id = '{port_id}'", fresh, count)


def copy(neutron: Neutron, table: str, where: str, fresh: dict[str, str], count: int) -> str:
    """Return the statement that copies the rows of `table`, some columns computed anew."""
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'neutron' AND table_name = "
    columns = neutron.sql(f"{query}'{table}' ORDER BY ordinal_position;").split()
    values = ", ".join(fresh.get(column, f"`{column}`") for column in columns)
    names = ", ".join(f"`{column}`" for column in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, seq_1_to_{count} WHERE {where};"
