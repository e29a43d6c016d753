"""Lists in Keystone's form, with its exact and inexact filters."""

from collections.abc import Callable, Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from weft.api.identity.http import answer, identity_of
from weft.store.records import Record

BodyOf = Callable[[Record, str], dict[str, Any]]


def listing(
    request: Request, kind: str, body_of: BodyOf, *, filters: Collection[str], records: Collection[Record] | None = None
) -> Response:
    """Answer {"<kind>s": […], "links": …}, sorted by name: all records of the kind, or those given, that match."""
    identity = identity_of(request)
    base = identity.settings.identity_url
    found = identity.store.state.of_kind(kind) if records is None else records
    bodies = [body_of(record, base) for record in found]
    wanted = {name: value for name, value in request.query_params.items() if _field_of(name) in filters}
    matching = [body for body in bodies if all(_matches(body, name, value) for name, value in wanted.items())]
    matching.sort(key=lambda body: (str(body.get("name")), str(body.get("id"))))
    return answer({f"{kind}s": matching, "links": list_links(request)})


def list_links(request: Request) -> dict[str, Any]:
    """Return the `links` of a list; Keystone never pages either unless told to."""
    path = request.url.path.split("/v3", 1)[1]
    query = f"?{request.url.query}" if request.url.query else ""
    return {"self": f"{identity_of(request).settings.identity_url}{path}{query}", "previous": None, "next": None}


def _field_of(filter: str) -> str:
    return filter.split("__", 1)[0]


def _matches(body: dict[str, Any], filter: str, wanted: str) -> bool:
    """`name=x`, and `name__contains=x` and its like (Keystone API, "Filtering and searching")."""
    field, _, how = filter.partition("__")
    value = body.get(field)
    if isinstance(value, bool):
        return value == (wanted.lower() not in ("false", "0", "no", "off"))
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
