"""Is a node well? Its own answer on /weft/v1/health, and what to wait for."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec

from weft.lab.layout import Node
from weft.lab.site_api import http_client
from weft.model import Unavailable

ASK_S = 2.0
POLL_S = 0.1
PARALLEL = 16


class NodeHealth(msgspec.Struct, frozen=True):
    """What a node says of itself."""

    node: str
    answers: bool = False
    in_sync: bool = False
    digest: str = ""
    peers: dict[str, bool] = {}  # other site → connected, as the node that pulls knows it
    error: str = ""

    @property
    def is_healthy(self) -> bool:
        return self.answers and self.in_sync and all(self.peers.values())


def ask_all(nodes: Sequence[Node]) -> dict[str, NodeHealth]:
    """Ask all nodes at once; those that are down say so. Takes at most `ASK_S` or so."""
    with http_client(ASK_S) as client, ThreadPoolExecutor(PARALLEL) as pool:
        return {health.node: health for health in pool.map(lambda node: _ask(client, node), nodes)}


def _ask(client: httpx.Client, node: Node) -> NodeHealth:
    try:
        response = client.get(f"{node.api_url}/weft/v1/health")
        if response.is_error:
            return NodeHealth(node.name, error=f"{response.status_code} from {response.url}")
        return health_from_body(node.name, response.json())
    except (httpx.HTTPError, ValueError) as err:
        return NodeHealth(node.name, error=str(err) or type(err).__name__)


def health_from_body(node: str, body: dict[str, Any]) -> NodeHealth:
    """Return what /weft/v1/health said, as we need it."""
    return NodeHealth(
        node,
        answers=True,
        in_sync=bool(body.get("in_sync")),
        digest=str(body.get("digest", "")),
        peers={peer["site"]: bool(peer["connected"]) for peer in body.get("peers", ())},
    )


def wait_until(
    nodes: Sequence[Node],
    holds: Callable[[dict[str, NodeHealth]], str],
    deadline_s: float,
    alive: Callable[[], None] = lambda: None,
) -> dict[str, NodeHealth]:
    """Return the nodes' health once `holds` finds nothing missing (returns ""); polls.

    `alive` is called between looks and may raise when waiting is pointless. Raises Unavailable with what is missing.
    """
    end = time.monotonic() + deadline_s
    while True:
        health = ask_all(nodes)
        missing = holds(health)
        if not missing:
            return health
        if time.monotonic() > end:
            raise Unavailable(f"after {deadline_s:.0f} s: {missing}")
        alive()
        time.sleep(POLL_S)


def all_healthy(must_hear: Mapping[str, Collection[str]]) -> Callable[[dict[str, NodeHealth]], str]:
    """Return the condition "every node answers, is in sync, hears the sites it must, and all hold the same".

    `must_hear` names them per node; a node that hears nobody else by its own word (it is cut off) need not hold
    the same as the others.
    """

    def holds(health: dict[str, NodeHealth]) -> str:
        digests = set()
        for each in health.values():
            if not each.answers:
                return f"{each.node} does not answer: {each.error}"
            if not each.in_sync:
                return f"{each.node} has not read everything yet"
            heard = {site for site, connected in each.peers.items() if connected}
            if deaf := set(must_hear[each.node]) - heard:
                return f"{each.node} does not hear {', '.join(sorted(deaf))}"
            if all(each.peers.values()):
                digests.add(each.digest)
        return "the sites do not hold the same yet" if len(digests) > 1 else ""

    return holds
