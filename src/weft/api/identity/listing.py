"""Lists in Keystone's form: exact and inexact filters, order, pages."""

from collections.abc import Callable, Collection, Iterable
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from weft.api.identity.http import answer, identity_of
from weft.model import NotFound
from weft.store.kinds import KINDS
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.fields import BadBody

BodyOf = Callable[[Record, str], dict[str, Any]]
_NO = ("false", "0", "no", "off", "n", "f")


class NoSuchMarker(NotFound):
    """The page was to begin after something that is not in the list."""

    code = "no_such_marker"

    def __init__(self, marker: str) -> None:
        super().__init__(f"Marker {marker} could not be found.")


def records_asked(request: Request, state: State, kind: str, filters: Collection[str]) -> Collection[Record]:
    """Return the records of a kind, found by an index if the query allows it; to be filtered all the same."""
    for name in ("name", "parent_id", "user_id", "type", "domain_id", "service_id"):
        if name in filters and name in request.query_params and name in KINDS[kind].indexed:
            return state.lookup(kind, name, request.query_params[name])
    return state.of_kind(kind)


def listing(request: Request, plural: str, rows: Iterable[dict[str, Any]], *, filters: Collection[str]) -> Response:
    """Answer {plural: those of `rows` that match the query, "links": …}. Raises BadBody and NoSuchMarker."""
    wanted = [(name, value) for name, value in request.query_params.items() if name.partition("__")[0] in filters]
    matching = [row for row in rows if all(_matches(row, name, value) for name, value in wanted)]
    key = request.query_params.get("sort_key", "name")
    matching.sort(key=lambda row: (str(row.get(key)), str(row.get("id"))))
    if request.query_params.get("sort_dir") == "desc":
        matching.reverse()
    page = _page(request, matching)
    body: dict[str, Any] = {plural: page, "links": list_links(request)}
    if page and page[-1] is not matching[-1]:
        body["links"]["next"] = _next(request, str(page[-1]["id"]))
        body["truncated"] = True
    return answer(body)


def list_links(request: Request) -> dict[str, Any]:
    """Return the `links` of a list that is whole."""
    return {"self": _own_url(request, request.url.query), "previous": None, "next": None}


def is_set(request: Request, name: str) -> bool:
    """Whether a flag of the query is up: `?effective`, `?effective=` and `?effective=True` all mean yes."""
    value = request.query_params.get(name)
    return value is not None and value.lower() not in _NO


def _page(request: Request, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    marker, limit = request.query_params.get("marker"), request.query_params.get("limit")
    if marker:
        begins = next((place for place, row in enumerate(rows) if row.get("id") == marker), None)
        if begins is None:
            raise NoSuchMarker(marker)
        rows = rows[begins + 1 :]
    if not limit:
        return rows
    if not limit.isdecimal():
        raise BadBody(f"Invalid input for field/attribute limit. Value: {limit[:64]}. It must be a number.")
    return rows[: int(limit)] if int(limit[:9]) else rows


def _next(request: Request, marker: str) -> str:
    query = {**request.query_params, "marker": marker}
    return _own_url(request, urlencode(query))


def _own_url(request: Request, query: str) -> str:
    path = request.url.path.split("/v3", 1)[1]
    return f"{identity_of(request).settings.identity_url}{path}{'?' + query if query else ''}"


def _matches(row: dict[str, Any], filter: str, wanted: str) -> bool:
    """`name=x`, and `name__contains=x` and its like (Keystone API, "Filtering and searching")."""
    field, _, how = filter.partition("__")
    value = row.get(field)
    if isinstance(value, bool):
        return value == (wanted.lower() not in _NO)
    text = "" if value is None else str(value)
    if how.startswith("i"):
        text, wanted, how = text.lower(), wanted.lower(), how[1:]
    match how:
        case "contains":
            return wanted in text
        case "startswith":
            return text.startswith(wanted)
        case "endswith":
            return text.endswith(wanted)
        case _:
            return text == wanted
