"""`python -m weft.lab.demo`: tells the story, exits non-zero if a step of it did not hold.

Everything happens in a private corner of this machine, so that a lab that is up is left alone, and nothing is left
running however this ends. Figures go to var/demo.json; logs of a story that failed to var/demo-logs.
"""

import os
import shutil
import sys
import time
from pathlib import Path

import msgspec
from rich.console import Console

from weft.lab.demo.acts import ACTS
from weft.lab.demo.stage import DidNotHold, Stage
from weft.lab.home import Home, write_atomic
from weft.lab.private import privately
from weft.lab.shell import require_root_and_tools
from weft.lab.up import down
from weft.model import WeftError

INSIDE = "WEFT_DEMO_INSIDE"  # set once we are in the private corner
LOG_LINES_SHOWN = 12


def main() -> None:
    """Tell the story."""
    console = Console(highlight=False)
    try:
        require_root_and_tools()
    except WeftError as err:
        console.print(f"[red]error:[/] {err}\nhint: {err.hint}")
        sys.exit(1)
    if INSIDE not in os.environ:
        argv = privately([sys.executable, "-m", "weft.lab.demo"])
        os.execvpe(argv[0], argv, {**os.environ, INSIDE: "1"})
    var = Path(os.environ.get("WEFT_VAR", "var")).absolute()
    sys.exit(tell(console, var))


def tell(console: Console, var: Path) -> int:
    """Play all acts; returns the exit code."""
    home = Home(var / "demo" / "lab")
    down(home)  # what an earlier demo may have left on disk
    stage = Stage(home, console)
    trouble: BaseException | None = None
    began = time.monotonic()
    try:
        for act in ACTS:
            stage.play(act)
    except (WeftError, DidNotHold, OSError, KeyboardInterrupt) as err:
        trouble = err
    took_s = time.monotonic() - began
    report = {"held": trouble is None, "took_s": round(took_s, 1), "failed": str(trouble or ""), **stage.report()}
    write_atomic(var / "demo.json", msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    if trouble is not None:
        _tell_trouble(console, stage, home, var, trouble)
    down(home)
    shutil.rmtree(var / "demo", ignore_errors=True)
    if trouble is not None:
        return 1
    console.print(f"\n[bold green]All of it held, in {took_s:.0f} s.[/] Figures: {var / 'demo.json'}")
    console.print(
        "\nTry next:\n"
        "  make lab                                           the same three sites, to stay\n"
        "  export OS_CLIENT_CONFIG_FILE=var/lab/clouds.yaml\n"
        "  .venv/bin/openstack --os-cloud weft-b network list    the stock client, at any site\n"
        "  .venv/bin/weft lab machine add m1 --site a --network NET; .venv/bin/weft lab exec m1 -- ping …\n"
        "  .venv/bin/weft lab cut c; .venv/bin/weft lab heal; .venv/bin/weft conflicts\n"
        "  docs/howto/use-the-lab.md                             all of the lab's commands",
        soft_wrap=True,
    )
    return 0


def _tell_trouble(console: Console, stage: Stage, home: Home, var: Path, trouble: BaseException) -> None:
    """Say what did not hold, and what may explain it; keep the logs."""
    console.print(
        f"\n[bold red]Did not hold:[/] {stage.act_name}\n  {trouble or type(trouble).__name__}", soft_wrap=True
    )
    hint = getattr(trouble, "hint", None)
    if hint:
        console.print(f"  hint: {hint}")
    _tell_drops(console, stage)
    logs = var / "demo-logs"
    shutil.rmtree(logs, ignore_errors=True)
    for log in sorted(home.root.rglob("*.log")):
        kept = logs / log.relative_to(home.root)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, kept)
        lines = [line for line in log.read_text(errors="replace").splitlines() if _is_bad(line)]
        if lines:
            console.print(f"\n[bold]{kept}[/] complains:", soft_wrap=True)
            for line in lines[-LOG_LINES_SHOWN:]:
                console.print(f"  {line[:300]}", markup=False, soft_wrap=True)
    console.print(f"\nAll logs: {logs}; figures so far: {var / 'demo.json'}", soft_wrap=True)


def _tell_drops(console: Console, stage: Stage) -> None:
    """Say what packets were dropped for, on every node that can be asked."""
    try:
        with stage.admin("a") as api:
            drops = api.get("/weft/v1/drops")["drops"]
    except (WeftError, OSError):  # no lab to ask: that is told already
        return
    if not drops:
        return
    console.print("\n[bold]packets dropped[/] (node, device, reason):")
    for each in drops:
        console.print(f"  {each['packets']:>6}  {each['node']} {each['device'] or '-'} {each['reason']}")


def _is_bad(line: str) -> bool:
    if line.startswith("{"):
        return any(f'"level": "{level}"' in line for level in ("warning", "error", "critical"))
    return "error" in line.lower() or line.startswith(("weftd:", "Traceback"))


if __name__ == "__main__":
    main()
