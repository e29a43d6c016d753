"""Acts one to four: three sites, one network, a machine at each, all of them reach each other."""

import re
import time
from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Any

from weft.lab.demo.pings import Result, addresses_of, ping_all_pairs
from weft.lab.demo.stage import DELAY_MS, NODES, SITES, Stage
from weft.lab.health import ask_all
from weft.lab.machine_verbs import add_machine
from weft.lab.shell import inside, run
from weft.lab.site_api import SiteApi
from weft.lab.up import up

CIDR4, CIDR6 = "10.10.0.0/24", "fd00:10::/64"
THREADS = 10  # networks that come and go
REACHED_S_MAX = 5.0  # a machine is up when its own node has programmed it; the others follow within a one-way delay
ARRIVAL_MARGIN_MS = 100.0  # beyond the one-way delay


def sites_up(stage: Stage) -> None:
    """Three sites of two nodes, each with its own log and API, 20 ms apart."""
    report = up(stage.home, SITES, NODES, DELAY_MS, stage.say)
    stage.check(all(h.is_healthy for h in ask_all(stage.layout.nodes).values()), f"healthy after {report.took_s:.1f} s")
    a, b = stage.layout.node("a1"), stage.layout.node("b1")
    said = run(inside(a.netns, ["ping", "-n", "-c", "11", "-i", "0.1", b.underlay_ip]))
    rtt_ms = median(float(time_ms) for time_ms in re.findall(r"time=([\d.]+)", said))
    stage.check(
        abs(rtt_ms - 2 * DELAY_MS) < 4, f"a round trip between sites takes {rtt_ms:.1f} ms ({report.wan_method})"
    )
    stage.note(up_s=report.took_s, underlay_rtt_ms=rtt_ms, wan=report.wan_method)


def network_woven(stage: Stage) -> None:
    """Through the Neutron API at site a: a network with an IPv4 and an IPv6 subnet."""
    with stage.tenant("a") as api, stage.tenant("b") as at_b, stage.tenant("c") as at_c:
        for each in (api, at_b, at_c):
            each.get("/v2.0/networks")  # logged in and connected, before anything is timed
        network, took_ms = timed(api, "network", {"name": "tapestry"})
        writes, arrivals = _threads(stage, api, (at_b, at_c))
        stage.ids["tapestry"] = network["id"]
        subnets = [
            timed(api, "subnet", {"network_id": network["id"], "name": "v4", "ip_version": 4, "cidr": CIDR4}),
            timed(
                api,
                "subnet",
                {
                    "network_id": network["id"],
                    "name": "v6",
                    "ip_version": 6,
                    "cidr": CIDR6,
                    "ipv6_ra_mode": "slaac",
                    "ipv6_address_mode": "slaac",
                },
            ),
        ]
        stage.ids["v4"], stage.ids["v6"] = (subnet["id"] for subnet, _ in subnets)
        writes += [took_ms, *(ms for _, ms in subnets)]
    # One write that beats the round trip shows that no write asks another site, however busy this machine is.
    stage.check(
        min(writes) < 2 * DELAY_MS,
        f"accepted in {median(writes):.1f} ms (p50 of {len(writes)}, the fastest {min(writes):.1f} ms): nobody waits "
        f"for the WAN and its {2 * DELAY_MS:g} ms",
    )
    stage.check(
        median(arrivals) < DELAY_MS + ARRIVAL_MARGIN_MS,
        f"seen at the other sites {median(arrivals):.0f} ms after site a's answer (one way takes {DELAY_MS:g} ms; "
        f"p50 of {len(arrivals)}, the slowest {max(arrivals):.0f} ms)",
    )
    stage.note(write_ms_p50=median(writes), seen_elsewhere_ms_p50=median(arrivals), seen_elsewhere_ms_max=max(arrivals))


def machines_started(stage: Stage) -> None:
    """A machine at each site, through that site's own API; addresses by DHCP and SLAAC."""
    took = []
    for site in stage.layout.sites:
        began = time.monotonic()
        machine = add_machine(stage.home, f"web-{site.name}", site.name, None, [stage.ids["tapestry"]], [])
        took.append(time.monotonic() - began)
        addresses = ", ".join(addresses_of(stage.home, machine.name))
        stage.say(f"{machine.name} on {machine.node}: {machine.devices[0].mac}, {addresses} ({took[-1]:.2f} s)")
    given = [address for site in "abc" for address in addresses_of(stage.home, f"web-{site}")]
    stage.check(len(given) == len(set(given)) == 2 * SITES, "each has an IPv4 and an IPv6 address of its own", given)
    stage.note(machine_start_s=max(took))


def everyone_reached(stage: Stage) -> None:
    """Everyone reaches everyone, over both families."""
    results = all_reached(stage, [f"web-{site.name}" for site in stage.layout.sites], count=3)
    rtt_ms = median(result.rtt_ms or 0.0 for result in results)
    stage.check(rtt_ms < 2 * DELAY_MS + 10, f"a round trip between machines takes {rtt_ms:.1f} ms")
    stage.note(machine_rtt_ms=rtt_ms)


# ---- used by the other acts too
def all_reached(stage: Stage, names: Sequence[str], count: int = 2) -> list[Result]:
    """Check that each machine reaches each other on every address: first at all, and then without loss."""

    def reached() -> bool:
        return not any(result.lost for result in ping_all_pairs(stage.home, names, count=1))

    stage.await_true(reached, REACHED_S_MAX, f"{', '.join(names)} reach each other on every address")
    results = ping_all_pairs(stage.home, names, count=count)
    lost = [f"{result.what}: {result.lost} of {result.sent} lost" for result in results if result.lost]
    stage.check(not lost, f"{len(results)} pings, both families, none lost", "; ".join(lost))
    return results


def timed(api: SiteApi, kind: str, body: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Create something; returns it and how many ms the answer took."""
    began = time.monotonic()
    made: dict[str, Any] = api.post(f"/v2.0/{kind}s", {kind: body})[kind]
    return made, (time.monotonic() - began) * 1e3


def _threads(stage: Stage, api: SiteApi, others: tuple[SiteApi, ...]) -> tuple[list[float], list[float]]:
    """Create and delete networks; returns how many ms each answer took, and after how many each other site knew."""
    writes, arrivals = [], []
    for number in range(THREADS):
        network, took_ms = timed(api, "network", {"name": f"thread-{number}"})
        writes.append(took_ms)
        path = f"/v2.0/networks/{network['id']}"
        began = time.monotonic()
        for other in others:
            stage.await_true(partial(knows, other, path), 10, f"{path} known at the other sites")
            arrivals.append((time.monotonic() - began) * 1e3)
        api.delete(path)
    return writes, arrivals


def knows(api: SiteApi, path: str) -> bool:
    """Does this site have `path`?"""
    resource, _, wanted = path.removeprefix("/v2.0/").partition("/")
    return bool(api.get(f"/v2.0/{resource}", id=wanted)[resource])
