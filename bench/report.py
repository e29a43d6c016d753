"""Write the figures of the last `make bench` into docs/performance.md: no figure there is typed by hand.

Replaces what stands between the two markers with the tables and promises of var/bench/*.json, section by section.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from common import REPOSITORY, RESULTS, in_words

PAGE = REPOSITORY / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by `make figures` -->", "<!-- end of figures -->"
TITLES = {  # in the order of the page
    "commit_latency": "A write at its own site",
    "api": "The API against a stock Neutron",
    "api_rate": "The API",
    "growth": "A create as a site fills",
    "programmed": "Created here, programmed there",
    "heal": "After a partition",
    "datapath": "The data path",
    "path_cost": "What a packet costs",
    "footprint": "What a site costs",
}


def main() -> None:
    """Rewrite the page; says which benchmarks have no full run yet. Exits 1 if none has a new one."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    figures, after = rest.split(END)
    held = sections_of(figures)
    found = full_runs()
    if not found:
        sys.exit(f"no full results in {RESULTS}: run make bench first")
    parts = [machine_of(next(iter(found.values())))]
    for name, title in TITLES.items():
        if name in found:
            parts.append("\n".join(lines(name, found[name])))
        elif title in held:
            parts.append(held[title])
        else:
            print(f"{name}: no full run yet, neither in {RESULTS} nor on the page", file=sys.stderr)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n\n".join(parts) + f"\n{END}{after}")


def full_runs() -> dict[str, Any]:
    """Return the results in var/bench; quick runs give no figures for the page."""
    paths = {name: RESULTS / f"{name}.json" for name in TITLES}
    found = {name: json.loads(path.read_text()) for name, path in paths.items() if path.exists()}
    return {name: document for name, document in found.items() if not document["quick"]}


def sections_of(figures: str) -> dict[str, str]:
    """Return the page's sections by their titles: those without a new run stay as they are, with their date."""
    _, *sections = figures.split("\n## ")
    return {section.partition("\n")[0]: f"## {section.strip()}" for section in sections}


def machine_of(document: Any) -> str:
    """Return where the newest runs were made."""
    machine = document["machine"]
    return (
        f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB, Linux {machine['kernel']}, "
        f"Python {machine['python']}."
    )


def lines(name: str, document: Any) -> Iterator[str]:
    """Yield the Markdown lines of one benchmark."""
    yield f"## {TITLES[name]}"
    yield f"[bench/{name}.py](../bench/{name}.py), {document['machine']['time'][:10]}, {document['took_s']:.0f} s\n"
    head, *rows = document["table"]
    yield row_of(head)
    yield "|" + "---|" * len(head)
    yield from map(row_of, rows)
    yield ""
    for promise in document["promises"]:
        verdict = "kept" if promise["is_kept"] else "**missed**"
        limit = "at least" if promise["at_least"] else "at most"
        value = f"{in_words(promise['value'])} {promise['unit']}"
        yield f"- {verdict}: {promise['what']} {value}, promised {limit} {promise['target']:g}"


def row_of(cells: list[str]) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
