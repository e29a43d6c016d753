"""Acts seven and eight: a site loses its disk, and every process of the fabric is killed at once."""

import time

from weft.lab import node_verbs
from weft.lab.demo.pings import Ping, addresses_of
from weft.lab.demo.stage import Stage
from weft.lab.demo.weave import all_reached
from weft.lab.health import ask_all
from weft.lab.machine_verbs import add_machine, delete_machine
from weft.lab.nodes import kill_nodes, start_nodes

CATCH_UP_S_MAX = 20.0
PING_INTERVAL_S = 0.02  # 50 a second
DARK_S = 2.0  # how long nothing of Weft runs
PINGS_MAX = 6000


def site_lost(stage: Stage) -> None:
    """Site b is killed and its disk is lost; things change meanwhile; it starts empty and catches up."""
    before = {health.node: health.digest for health in ask_all(stage.layout.nodes).values()}
    running = Ping(stage.home, "web-a", "web-b", addresses_of(stage.home, "web-b")[0], count=PINGS_MAX, interval_s=0.05)
    killed = node_verbs.kill(stage.home, "b", wipe=True)
    stage.say(f"killed: {', '.join(f'{process.role} of {process.node}' for process in killed)}; disks wiped")
    machine = add_machine(stage.home, "late-a", "a", None, [stage.ids["tapestry"]], [])
    delete_machine(stage.home, "new-c")
    stage.say(f"meanwhile, machine {machine.name} was made at a, and new-c deleted at c")
    began = time.monotonic()
    node_verbs.start(stage.home, "b", wait=False)
    stage.await_same_digest(CATCH_UP_S_MAX)
    took_s = time.monotonic() - began
    after = {health.digest for health in ask_all(stage.layout.nodes).values()}
    stage.check(after.isdisjoint(before.values()), f"b holds everything again {took_s:.1f} s after its start")
    result = running.end()
    stage.check(
        result.lost == 0,
        f"web-b was reachable throughout: {result.received} of {result.sent} pings answered",
        f"{result.lost} lost",
    )
    stage.note(catch_up_s=took_s, lost_site_pings_lost=result.lost, lost_site_pings=result.sent)
    all_reached(stage, ["web-a", "web-b", "web-c", "late-a"])
    revived = add_machine(stage.home, "new-b", "b", None, [stage.ids["tapestry"]], [])
    stage.say(f"and b makes machines again: {revived.name}, {', '.join(addresses_of(stage.home, revived.name))}")
    all_reached(stage, ["web-a", "web-c", "new-b"])


def everything_killed(stage: Stage) -> None:
    """Kill -9 of every weftd and every NATS server while pings run: the kernel goes on forwarding."""
    pairs = [("web-a", "web-b"), ("web-b", "web-c"), ("web-c", "web-a")]
    running = [
        Ping(stage.home, one, other, address, count=PINGS_MAX, interval_s=PING_INTERVAL_S)
        for one, other in pairs
        for address in addresses_of(stage.home, other)
    ]
    time.sleep(0.5)
    killed = kill_nodes(stage.home, stage.layout.nodes, wipe=False)
    roles = [process.role for process in killed]
    stage.check(
        roles.count("weftd") == len(stage.layout.nodes) and roles.count("nats") == len(stage.layout.sites),
        f"killed {roles.count('weftd')} weftd and {roles.count('nats')} NATS servers at once",
        roles,
    )
    time.sleep(DARK_S)
    began = time.monotonic()
    start_nodes(stage.home, stage.layout.nodes)
    stage.await_same_digest(CATCH_UP_S_MAX)
    took_s = time.monotonic() - began
    time.sleep(0.5)  # programs are adopted by now; traffic goes on through the new weftd's hands
    results = [each.end() for each in running]
    sent, lost = sum(result.sent for result in results), sum(result.lost for result in results)
    stage.say(f"all six nodes healthy again {took_s:.1f} s after their start")
    losses = [f"{result.what}: {result.lost} of {result.sent}" for result in results if result.lost]
    stage.check(
        lost == 0,
        f"{sent} pings at 50/s on {len(results)} paths while nothing ran and while it restarted: none lost",
        losses,
    )
    stage.note(kill_all_restart_s=took_s, kill_all_pings=sent, kill_all_pings_lost=lost)
