"""Talk between namespaces over real sockets: a socket belongs to the namespace it was made in."""

import contextlib
import hashlib
import re
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from tests.dataplane.fabric import Workload
from tests.dataplane.netns import inside, start_in

DEADLINE_S = 20


def transfer(source: Workload, target: Workload, address: IPv4Address | IPv6Address, megabytes: int) -> None:
    """Send that much over TCP from source to target; fails unless all of it arrives unharmed."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    payload = bytes(range(256)) * 4096 * megabytes
    with inside(target.namespace):
        server = socket.create_server((str(address), 0), family=family)
    with inside(source.namespace):
        client = socket.socket(family)
    with server, client:
        client.settimeout(DEADLINE_S)
        client.connect(server.getsockname()[:2])
        peer, _ = server.accept()
        sender = threading.Thread(target=lambda: (client.sendall(payload), client.shutdown(socket.SHUT_WR)))
        sender.start()
        peer.settimeout(DEADLINE_S)
        seen = hashlib.sha256()
        with peer:
            while data := peer.recv(1 << 20):
                seen.update(data)
        sender.join()
    assert seen.digest() == hashlib.sha256(payload).digest()


class Ping:
    """A running ping; what it found is known when it has ended."""

    sent = 0
    lost: frozenset[int] = frozenset()  # sequence numbers


@contextlib.contextmanager
def pinging(source: Workload, address: IPv4Address | IPv6Address, interval_s: float = 0.005) -> Iterator[Ping]:
    """Ping from `source` for the length of the block."""
    ping = Ping()
    with tempfile.TemporaryFile("w+") as log:
        process = start_in(source.namespace, "ping", f"-i{interval_s}", str(address), stdout=log)
        try:
            yield ping
        finally:
            process.send_signal(signal.SIGINT)  # ping prints its sum
            process.wait(DEADLINE_S)
        log.seek(0)
        output = log.read()
    answered = {int(number) for number in re.findall(r"icmp_seq=(\d+)", output)}
    (total,) = re.findall(r"(\d+) packets transmitted", output)
    ping.sent = int(total)
    ping.lost = frozenset(range(1, ping.sent)) - answered  # the last one may still be under way


def send_raw(source: Workload, frame: bytes) -> None:
    """Let the workload put any bytes on its wire."""
    with inside(source.namespace):
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    with raw:
        raw.bind(("eth0", 0))
        raw.send(frame)
