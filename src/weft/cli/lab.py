"""`weft lab …`: a whole fabric in namespaces of this machine. What each command promises: docs/howto/use-the-lab.md."""

from typing import Any

import click

from weft.cli.output import format_option, make_console, print_json, print_table
from weft.lab import machine_verbs, node_verbs, status, wan_verbs
from weft.lab import up as whole
from weft.lab.home import Home
from weft.lab.wan.shapes import Shape, Wan

console = make_console()


@click.group()
def lab() -> None:
    """Sites, nodes, machines and WANs as network namespaces of this machine."""


@lab.command()
@click.option("--sites", type=click.IntRange(1), help="How many sites: a, b, c…  [default: 3]")
@click.option("--nodes", type=click.IntRange(1), help="How many nodes per site: a1, a2…  [default: 2]")
@click.option(
    "--delay", "delay_ms", type=click.FloatRange(0), metavar="MS", help="One-way delay between any two sites."
)
def up(sites: int | None, nodes: int | None, delay_ms: float | None) -> None:
    """Bring the lab up, or mend what is missing of it; returns when all sites are healthy."""
    home = Home()
    report = whole.up(home, sites, nodes, delay_ms, lambda line: console.print(f"[dim]{line}[/]"))
    first = report.layout.sites[0]
    console.print(
        f"{len(report.layout.sites)} sites x {len(first.nodes)} nodes are healthy after {report.took_s:.1f} s "
        f"(WAN: {report.wan_method}; {report.nodes_started} weftd started, {report.machines_revived} machines revived)"
    )
    console.print(
        f"try: export OS_CLIENT_CONFIG_FILE={home.clouds_file}; openstack --os-cloud weft-a network list",
        soft_wrap=True,
    )


@lab.command()
def down() -> None:
    """Remove all that `up` made, also after a crash, and nothing else."""
    removed = whole.down(Home())
    console.print(f"removed {len(removed)} namespaces and devices" if removed else "there was nothing to remove")


@lab.command("status")
@format_option
def show_status(form: str) -> None:
    """Sites, nodes, processes, API addresses and health."""
    now = status.lab_status(Home())
    if form == "json":
        print_json(now)
    elif not now["running"]:
        console.print("no lab is up; `weft lab up` makes one")
    else:
        _print_status(now)


@lab.group()
def machine() -> None:
    """Machines: namespaces that get their addresses by DHCP and SLAAC, as virtual machines do."""


@machine.command("add")
@click.argument("name")
@click.option("--site", required=True, help="Where, through that site's own API.")
@click.option("--node", help="On which node of the site  [default: the one with the fewest machines]")
@click.option("--network", "networks", multiple=True, help="Name or ID; a port is created. May be repeated.")
@click.option("--port", "ports", multiple=True, help="Name or ID of a port that exists. May be repeated.")
@format_option
def machine_add(
    name: str, site: str, node: str | None, networks: tuple[str, ...], ports: tuple[str, ...], form: str
) -> None:
    """Start a machine; returns when it has every address of its ports."""
    made = machine_verbs.add_machine(Home(), name, site, node, networks, ports)
    _print_machines([status.machine_form(made)], form, one=True)


@machine.command("list")
@format_option
def machine_list(form: str) -> None:
    """Every machine: where it is, its ports and addresses."""
    _print_machines(status.machine_list(Home()), form)


@machine.command("delete")
@click.argument("name")
def machine_delete(name: str) -> None:
    """Stop a machine and delete its ports; ports that were given with --port are unbound and stay."""
    machine_verbs.delete_machine(Home(), name)


@machine.command("move")
@click.argument("name")
@click.option("--node", required=True, help="To which node, of any site.")
@format_option
def machine_move(name: str, node: str, form: str) -> None:
    """Move a machine to another node; MAC, addresses and open connections stay."""
    _print_machines([status.machine_form(machine_verbs.move_machine(Home(), name, node))], form, one=True)


@lab.command("exec", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(name: str, command: tuple[str, ...]) -> None:
    """Run COMMAND inside a machine (or a node); its exit code is ours."""
    node_verbs.enter(Home(), name, command)


@lab.command()
@click.argument("site")
@click.argument("other", metavar="[SITE2]", required=False)
def cut(site: str, other: str | None) -> None:
    """Cut SITE off from all other sites, or from SITE2 only."""
    _print_cuts(wan_verbs.cut(Home(), site, other))


@lab.command()
@click.argument("site", required=False)
@click.argument("other", metavar="[SITE2]", required=False)
def heal(site: str | None, other: str | None) -> None:
    """Undo cuts: of the pair, of SITE, or all."""
    _print_cuts(wan_verbs.heal(Home(), site, other))


@lab.command()
@click.argument("place", metavar="SITE|NODE")
@click.option("--wipe", is_flag=True, help="Its disk is lost too.")
def kill(place: str, wipe: bool) -> None:
    """SIGKILL every process of a site or node; its machines and their traffic go on."""
    killed = node_verbs.kill(Home(), place, wipe=wipe)
    console.print(f"killed {', '.join(f'{p.role} {p.pid} ({p.node})' for p in killed) or 'nothing: none ran'}")


@lab.command()
@click.argument("place", metavar="SITE|NODE")
@click.option("--wait/--no-wait", default=True, help="Return when it is healthy  [default: wait]")
def start(place: str, wait: bool) -> None:
    """Start a site or node that was killed."""
    started = node_verbs.start(Home(), place, wait=wait)
    console.print(f"started {started} weftd")


@lab.command()
@click.argument("site")
@click.argument("other", metavar="SITE2")
@click.option(
    "--delay", "delay_ms", type=float, default=0.0, metavar="MS", help="One way; a round trip takes twice that."
)
@click.option("--loss", "loss_pct", type=float, default=0.0, metavar="PCT", help="Packets lost, each way.")
@click.option("--rate", "rate_mbit", type=float, default=0.0, metavar="MBIT", help="Each way; 0: no limit.")
def wan(site: str, other: str, delay_ms: float, loss_pct: float, rate_mbit: float) -> None:
    """Shape what is between two sites; without options it is plain again."""
    _, method = wan_verbs.shape(Home(), site, other, Shape(delay_ms, loss_pct, rate_mbit))
    console.print(f"{site}-{other}: {_shape_text(delay_ms, loss_pct, rate_mbit)} ({method})")


# ---- printing
def _print_cuts(state: Wan) -> None:
    console.print("cut: " + (", ".join(f"{one}-{other}" for one, other in state.cut) or "nothing"))


def _print_machines(machines: list[dict[str, Any]], form: str, *, one: bool = False) -> None:
    if form == "json":
        print_json(machines[0] if one else machines)
        return
    rows = (
        (
            each["name"],
            each["site"],
            each["node"],
            each["state"],
            d["device"],
            d["mac"],
            " ".join(d["prefixes"]),
            d["port_id"],
        )
        for each in machines
        for d in each["devices"]
    )
    print_table(("machine", "site", "node", "state", "device", "MAC", "addresses", "port"), rows, "no machines")


def _print_status(now: dict[str, Any]) -> None:
    rows = (
        (
            node["name"],
            node["api_url"],
            node["underlay_ip"],
            str(node["weftd_pid"] or "-"),
            str(node["nats_pid"] or "-"),
            "healthy" if node["healthy"] else node["error"] or "not yet",
            node["digest"][:12],
        )
        for site in now["sites"]
        for node in site["nodes"]
    )
    print_table(("node", "API", "underlay", "weftd", "NATS", "health", "digest"), rows, "no nodes")
    console.print(f"machines: {now['machines']}; between sites: {now['wan']['carried_by']}")
    alike: dict[str, list[str]] = {}
    for shaped in now["wan"]["shaped"]:
        form = _shape_text(shaped["delay_ms"], shaped["loss_pct"], shaped["rate_mbit"])
        alike.setdefault(form, []).append("-".join(shaped["sites"]))
    for form, pairs in alike.items():
        console.print(f"  {form}: {' '.join(pairs)}", soft_wrap=True)
    for pair in now["wan"]["cut"]:
        console.print(f"  cut: {'-'.join(pair)}")


def _shape_text(delay_ms: float, loss_pct: float, rate_mbit: float) -> str:
    rate = f"{rate_mbit:g} Mbit/s" if rate_mbit else "any rate"
    return f"{delay_ms:g} ms each way, {loss_pct:g} % lost, {rate}"
