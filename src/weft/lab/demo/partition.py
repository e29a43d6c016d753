"""Acts five and six: a site is cut off, both sides go on working, and what they did is woven together again."""

from statistics import median
from typing import Any

from rich.padding import Padding
from rich.table import Table

from weft.lab import wan_verbs
from weft.lab.demo.pings import addresses_of, ping
from weft.lab.demo.stage import DELAY_MS, Stage
from weft.lab.demo.weave import all_reached, knows, timed
from weft.lab.machine_verbs import add_machine, delete_machine

HEAL_S_MAX = 5.0
REPORT_S_MAX = 10.0  # a finding must last 3 s before it is reported, lest order of arrival look like a quarrel
DRAFT, LEAN, DOOMED = "draft", "lean", "doomed"  # networks made before the cut, to be quarrelled about


def cut_off_and_busy(stage: Stage) -> None:
    """Site c is cut off; both sides create, change and delete all the same."""
    _before_the_cut(stage)
    wan_verbs.cut(stage.home, "c", None)
    across = ping(stage.home, "web-a", "web-c", addresses_of(stage.home, "web-c")[0], count=2, wait_s=1)
    stage.check(across.received == 0, "nothing passes between c and the others")
    writes = []
    for site in ("a", "c"):
        with stage.tenant(site) as api:
            api.get("/v2.0/networks")  # logged in, also where no other site can be asked
            network, ms = timed(api, "network", {"name": f"made-at-{site}"})
            writes.append(ms)
            _, ms = timed(
                api, "subnet", {"network_id": network["id"], "ip_version": 4, "cidr": f"10.2{ord(site) % 10}.0.0/24"}
            )
            writes.append(ms)
            port, ms = timed(api, "port", {"network_id": network["id"], "name": f"port-{site}"})
            writes.append(ms)
            stage.ids |= {f"made-at-{site}": network["id"], f"port-{site}": port["id"]}
            api.put(f"/v2.0/networks/{stage.ids[DRAFT]}", {"network": {"name": f"renamed-at-{site}"}})
        machine = add_machine(stage.home, f"new-{site}", site, None, [stage.ids["tapestry"]], [])
        stage.say(
            f"site {site}: network, subnet, port and machine {machine.name} made "
            f"({', '.join(addresses_of(stage.home, machine.name))}); network draft renamed"
        )
    with stage.tenant("a") as api:
        api.delete(f"/v2.0/networks/{stage.ids[DOOMED]}")
        api.delete(f"/v2.0/networks/{stage.ids[LEAN]}")
    with stage.tenant("c") as api:
        port, ms = timed(api, "port", {"network_id": stage.ids[LEAN], "name": "latecomer"})
        stage.ids["latecomer"] = port["id"]
        api.delete(f"/v2.0/ports/{stage.ids['spare-port']}")
    delete_machine(stage.home, "old-c")
    stage.say("site a: networks doomed and lean deleted; site c: machine old-c and a port deleted, a port made on lean")
    stage.check(min(writes) < 2 * DELAY_MS, f"writes took {median(writes):.1f} ms (p50), cut off or not")
    stage.note(cut_write_ms_p50=median(writes))
    all_reached(stage, ["web-a", "web-b", "new-a"])
    all_reached(stage, ["web-c", "new-c"])
    both = [address for name in ("new-a", "new-c") for address in addresses_of(stage.home, name)]
    stage.check(len(both) == len(set(both)), "no address was given twice", both)


def healed(stage: Stage) -> None:
    """The WAN heals: what both sides did is merged, and what could not be is reported."""
    wan_verbs.heal(stage.home, None, None)
    took_s = stage.await_same_digest(HEAL_S_MAX)
    stage.check(took_s < HEAL_S_MAX, f"all six nodes hold the same {took_s:.1f} s after the cut was healed")
    stage.note(heal_to_identical_s=took_s)
    names = set()
    for site in stage.layout.sites:
        with stage.tenant(site.name) as api:
            for made in ("made-at-a", "made-at-c", LEAN):
                stage.ids[f"{made} at {site.name}"] = str(knows(api, f"/v2.0/networks/{stage.ids[made]}"))
            names.add(api.get(f"/v2.0/networks/{stage.ids[DRAFT]}")["network"]["name"])
            gone = [thing for thing in (f"networks/{stage.ids[DOOMED]}", f"ports/{stage.ids['spare-port']}")
                    if knows(api, f"/v2.0/{thing}")]  # fmt: skip
            stage.check(not gone, f"site {site.name} has all that was made, and nothing that was deleted", gone)
    missing = [what for what, known in stage.ids.items() if known == "False"]
    stage.check(not missing, "network lean is kept everywhere: c's new port needs it, though a deleted it", missing)
    stage.check(len(names) == 1, f"the name of draft is the same everywhere: {', '.join(sorted(names))}", names)
    _show_merge_report(stage)
    all_reached(stage, ["web-a", "web-b", "web-c", "new-a", "new-c"])


def _before_the_cut(stage: Stage) -> None:
    """Make what the two sides will quarrel about, and let it arrive everywhere."""
    with stage.tenant("a") as api, stage.tenant("c") as at_c:
        for name in (DRAFT, LEAN, DOOMED):
            stage.ids[name] = timed(api, "network", {"name": name})[0]["id"]
        spare, _ = timed(api, "port", {"network_id": stage.ids["tapestry"], "name": "spare"})
        stage.ids["spare-port"] = spare["id"]
        stage.await_true(lambda: knows(at_c, f"/v2.0/ports/{spare['id']}"), 10, "site c knows of all of it")
    add_machine(stage.home, "old-c", "c", None, [stage.ids["tapestry"]], [])
    stage.await_same_digest(10)


def _show_merge_report(stage: Stage) -> None:
    conflicts: list[dict[str, Any]] = []
    quarrels = {stage.ids[DRAFT], stage.ids[LEAN]}

    def all_told() -> bool:
        conflicts[:] = api.get("/weft/v1/conflicts")["conflicts"]
        return quarrels <= {each["id_of"] for each in conflicts}

    with stage.admin("b") as api:
        took_s = stage.await_true(all_told, REPORT_S_MAX, "draft and lean are in the merge report")
    table = Table(
        box=None, pad_edge=False, title="the merge report, as `weft conflicts` shows it", title_justify="left"
    )
    for column in ("what", "record", "message"):
        table.add_column(column, overflow="fold")
    for each in conflicts:
        table.add_row(str(each["what"]), f"{each['kind']} {each['id_of'][:8]}", str(each["message"]))
    stage.console.print(Padding(table, (0, 0, 0, 3)))
    stage.check(
        True,
        "the report names both quarrels: draft, renamed twice, and lean, deleted at one side and used at the other",
    )
    stage.note(conflicts=len(conflicts), merge_report_s=took_s)
