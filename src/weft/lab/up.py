"""`weft lab up` and `weft lab down`: from nothing to a healthy lab and back, from wherever a crash left it."""

import time
from collections.abc import Callable, Sequence

import msgspec

from weft.lab import topology
from weft.lab.health import all_healthy, wait_until
from weft.lab.home import Home, LabState
from weft.lab.layout import Layout, Node, layout
from weft.lab.machine_verbs import revive_machines
from weft.lab.machines import machine_netns
from weft.lab.nodes import forget_kernel, log_file, start_nodes, write_configs, write_secrets
from weft.lab.processes import kill, processes
from weft.lab.shell import require_root_and_tools
from weft.lab.tenants import ensure_tenants, write_clouds
from weft.lab.wan.control import Method, apply_wan
from weft.lab.wan.shapes import Shape, Wan, all_pairs, with_shape
from weft.model import Conflict, Unavailable

DEFAULT_SITES = 3
DEFAULT_NODES = 2
HEALTHY_S = 60.0  # and 2 s more per node: they all start at once, on however few processors there are

Tell = Callable[[str], None]


class Report(msgspec.Struct, frozen=True):
    """What `up` did."""

    layout: Layout
    wan_method: Method
    nodes_started: int
    machines_revived: int
    took_s: float


def up(home: Home, sites: int | None, nodes: int | None, delay_ms: float | None, tell: Tell) -> Report:
    """Return with a healthy lab of that size; None means as it is, or the default if there is none.

    A lab that is there already is mended: what is missing is made, what does not run is started. Raises Conflict
    if it has another size.
    """
    began = time.monotonic()
    require_root_and_tools()
    with home.locked(alone=True):
        state = _claim(home, sites, nodes, delay_ms)
        shape = state.layout
        made = topology.build(shape, home.mark)
        tell(f"{len(shape.sites)} sites of {len(shape.sites[0].nodes)} nodes: {len(made)} namespaces made")
        kill(home, lambda process: process.node in made)  # they live on in the namespaces that were there before
        forget_kernel(made)
        wan_method = apply_wan(home, state)
        write_secrets(home)
        write_configs(home, shape)
        started = start_nodes(home, shape.nodes)
        tell(f"weftd started on {len(started)} nodes; waiting until all are healthy")
        await_healthy(home, state)
        ensure_tenants(home, shape)
        await_healthy(home, state)  # the users have arrived everywhere
        write_clouds(home, shape)
        revived = revive_machines(home, shape)
    return Report(shape, wan_method, len(started), len(revived), time.monotonic() - began)


def down(home: Home) -> list[str]:
    """Remove all that the lab made; returns the names of what was there. Safe to repeat."""
    require_root_and_tools()
    with home.locked(alone=True):
        kill(home, lambda _: True)
        forget_kernel(directory.name for directory in home.node_dir("a1").parent.glob("*"))
        claimed: set[str] = {machine_netns(file.stem) for file in home.machines_dir.glob("*.json")}
        try:
            if state := home.find():
                claimed |= topology.names(state.layout)
        except Conflict:  # a damaged state file: what bears our mark goes all the same
            pass
        removed = topology.remove(home.mark, claimed)
        home.remove()
    return removed


def await_healthy(home: Home, state: LabState, nodes: Sequence[Node] | None = None) -> None:
    """Return when these nodes (None: all) are healthy, and those that hear everyone hold the same.

    Raises Unavailable. A site whose nodes do not run is not waited for by the others: it was killed on purpose.
    """
    wanted = state.layout.nodes if nodes is None else nodes
    running = {process.node for process in processes(home) if process.role == "weftd"}
    dark = {site.name for site in state.layout.sites if not running.intersection(n.name for n in site.nodes)}

    must_hear = {
        node.name: [
            site.name
            for site in state.layout.sites
            if site.name not in dark and site.name != node.site and not state.wan.is_cut(node.site, site.name)
        ]
        if node.serves_nats  # the others of a site hear the world through it
        else []
        for node in wanted
    }

    def alive() -> None:
        now_running = {process.node for process in processes(home) if process.role == "weftd"}
        for node in wanted:
            if node.name not in now_running:
                raise Unavailable(f"weftd of {node.name} ended; {last_words(home, node)}")

    wait_until(wanted, all_healthy(must_hear), HEALTHY_S + 2 * len(wanted), alive)


def last_words(home: Home, node: Node) -> str:
    """Return the end of a node's log, in one line."""
    log = log_file(home, node)
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    words = next((line for line in reversed(lines) if line.strip()), "it is empty")
    return f"the end of {log}: {words.strip()[:300]}"


def _claim(home: Home, sites: int | None, nodes: int | None, delay_ms: float | None) -> LabState:
    """Return the state the lab is to have, saved before anything is made, so that `down` knows of it."""
    state = home.find()
    if state is None:
        state = LabState(sites or DEFAULT_SITES, nodes or DEFAULT_NODES)
        topology.check_free(state.layout, topology.look(home.mark))
    elif (sites or state.sites, nodes or state.nodes) != (state.sites, state.nodes):
        error = Conflict(f"a lab of {state.sites} sites x {state.nodes} nodes is there already")
        error.hint = "weft lab down, then up with other sizes; or weft lab up without sizes, to mend this one"
        raise error
    if delay_ms is not None:
        pairs = all_pairs(site.name for site in layout(state.sites, state.nodes).sites)
        wan = with_shape(Wan(cut=state.wan.cut), pairs, Shape(delay_ms=delay_ms))
        state = msgspec.structs.replace(state, wan=wan)
    home.save(state)
    return state
