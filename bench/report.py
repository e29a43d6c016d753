"""Write the figures of the last `make bench` into docs/performance.md: no figure there is typed by hand.

Replaces what stands between the two markers with the tables and promises of var/bench/*.json.
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
    "footprint": "What a site costs",
}


def main() -> None:
    """Rewrite the page. Exits 1 if a benchmark has no full run yet."""
    documents = {name: RESULTS / f"{name}.json" for name in TITLES}
    if missing := [name for name, path in documents.items() if not path.exists()]:
        sys.exit(f"no results of {', '.join(missing)} in {RESULTS}: run make bench first")
    found = {name: json.loads(path.read_text()) for name, path in documents.items()}
    if rough := [name for name, document in found.items() if document["quick"]]:
        sys.exit(f"quick runs give no figures for the page: {', '.join(rough)}")
    before, rest = PAGE.read_text().split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines(found)) + f"\n{END}{after}")


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the Markdown lines between the markers."""
    machine = found["datapath"]["machine"]
    yield (
        f"{machine['time'][:10]}, {machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB, Linux "
        f"{machine['kernel']}, Python {machine['python']}."
    )
    for name, title in TITLES.items():
        document = found[name]
        yield f"\n## {title}"
        yield f"[bench/{name}.py](../bench/{name}.py), {document['took_s']:.0f} s\n"
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
