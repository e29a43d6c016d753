"""Where the story is told: steps, checks and figures; the acts use it and nothing else to speak."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from rich.console import Console

from weft.lab.health import NodeHealth, ask_all
from weft.lab.home import Home
from weft.lab.layout import Layout, layout
from weft.lab.site_api import SiteApi
from weft.lab.tenants import ADMIN, user_of

SITES, NODES = 3, 2
DELAY_MS = 20.0  # each way, between any two sites
POLL_S = 0.005  # what is measured by asking is true to this much


class DidNotHold(Exception):
    """A step of the story did not come out as promised."""


class Stage:
    """The lab of the story, and its teller."""

    def __init__(self, home: Home, console: Console) -> None:
        self.home = home
        self.console = console
        self.layout: Layout = layout(SITES, NODES)
        self.figures: dict[str, Any] = {}
        self.ids: dict[str, str] = {}  # what the acts made and later acts need, by name
        self.act_name = ""
        self._acts: list[dict[str, Any]] = []

    # ---- telling
    def play(self, act: "Callable[[Stage], None]") -> None:
        """Tell one act; its docstring is its title."""
        self.act_name = (act.__doc__ or act.__name__).splitlines()[0].rstrip(".")
        self.console.print(f"\n[bold]{len(self._acts) + 1}. {self.act_name}[/]", soft_wrap=True)
        began = time.monotonic()
        entry = {"act": self.act_name, "held": False, "took_s": 0.0}
        self._acts.append(entry)
        try:
            act(self)
            entry["held"] = True
        finally:
            entry["took_s"] = round(time.monotonic() - began, 2)

    def say(self, line: str) -> None:
        """Tell something that is done or seen."""
        self.console.print(f"   {line}", soft_wrap=True)

    def check(self, holds: bool, promise: str, seen: object = "") -> None:
        """Tell that `promise` holds, or raise DidNotHold with what was `seen` instead."""
        if not holds:
            raise DidNotHold(f"expected: {promise}" + (f"; but: {seen}" if seen != "" else ""))
        self.console.print(f"   [green]✓[/] {promise}", soft_wrap=True)

    def note(self, **figures: Any) -> None:
        """Keep figures for var/demo.json."""
        self.figures |= {name: round(v, 3) if isinstance(v, float) else v for name, v in figures.items()}

    def report(self) -> dict[str, Any]:
        """Return what goes into var/demo.json."""
        return {"acts": self._acts, "figures": self.figures}

    # ---- waiting and measuring
    def await_true(self, holds: Callable[[], bool], deadline_s: float, promise: str) -> float:
        """Return after how many seconds `holds` did; raises DidNotHold after `deadline_s`."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > deadline_s:
                raise DidNotHold(f"expected within {deadline_s:g} s: {promise}")
            time.sleep(POLL_S)
        return time.monotonic() - began

    def await_same_digest(self, deadline_s: float) -> float:
        """Return after how many seconds all nodes are healthy and hold the same."""
        health: dict[str, NodeHealth] = {}

        def same() -> bool:
            nonlocal health
            health = ask_all(self.layout.nodes)
            return all(each.is_healthy for each in health.values()) and len({h.digest for h in health.values()}) == 1

        try:
            return self.await_true(same, deadline_s, "all nodes healthy, all digests equal")
        except DidNotHold as err:
            told = "; ".join(
                f"{h.node}: digest {h.digest[:12] or '-'}, in sync {h.in_sync}, peers {h.peers} {h.error}"
                for h in health.values()
            )
            raise DidNotHold(f"{err}. {told}") from err

    # ---- the sites' APIs
    @contextmanager
    def tenant(self, site: str) -> Iterator[SiteApi]:
        """Yield a session with a site's API as the story's tenant, who is the same at every site."""
        name = user_of(self.layout.site("a"))
        passwords: dict[str, str] = msgspec.json.decode(self.home.tenants_file.read_bytes())
        with SiteApi(self.layout.site(site).nodes, name, passwords[name], name) as api:
            yield api

    @contextmanager
    def admin(self, site: str) -> Iterator[SiteApi]:
        """Yield a session with a site's API as the operator."""
        with SiteApi(self.layout.site(site).nodes, ADMIN, self.home.password_file.read_text().strip(), ADMIN) as api:
            yield api
