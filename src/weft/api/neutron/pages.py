"""Pages of a list: which records are on one, and the links to its neighbours."""

from collections.abc import Sequence
from urllib.parse import urlencode

from weft.store.records import Record

Links = list[dict[str, str]]


def cut_page(records: Sequence[Record], limit: int, marker: str | None, page_reverse: bool) -> Sequence[Record]:
    """Return at most `limit` records after (or before) the one whose ID is `marker`, in the list's order."""
    if not limit:
        return records
    position = None
    if marker is not None:
        position = next((at for at, record in enumerate(records) if record.key.id == marker), None)
    if page_reverse:
        end = len(records) if position is None else position
        return records[max(end - limit, 0) : end]
    start = 0 if position is None else position + 1
    return records[start : start + limit]


def page_links(
    url: str, pairs: Sequence[tuple[str, str]], page: Sequence[Record], limit: int, page_reverse: bool
) -> Links:
    """Return the next and previous links of a page. Neutron: a short page is the last in its direction."""
    links: Links = []
    if not limit:
        return links
    kept = [(name, value) for name, value in pairs if name not in ("marker", "page_reverse")]
    is_short = len(page) < limit
    if not is_short or page_reverse:
        last = [("marker", page[-1].key.id)] if page else []
        links.append({"rel": "next", "href": f"{url}?{urlencode([*kept, *last])}"})
    if not is_short or not page_reverse:
        first = [("marker", page[0].key.id)] if page else []
        links.append({"rel": "previous", "href": f"{url}?{urlencode([*kept, *first, ('page_reverse', 'True')])}"})
    return links
