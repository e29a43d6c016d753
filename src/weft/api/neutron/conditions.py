"""What request and answer say beside their bodies: If-Match, `fields` of one object, the receipt."""

import re
from collections.abc import Sequence

from weft.api.neutron.http import Request
from weft.commands.errors import BadRequest
from weft.store.writes import Receipt

_IF_MATCH = re.compile(r"revision_number=([^\s\",]*)")


def read_query_fields(request: Request) -> list[str]:
    """Return the `fields` of a request for one object; everything else in its query is ignored, as in Neutron."""
    return list(dict.fromkeys(value for name, value in request.query if name == "fields" and value))


def receipt_header(receipt: Receipt | None) -> Sequence[tuple[bytes, bytes]]:
    """Return the header by which the client can ask how far its write has got."""
    return () if receipt is None else ((b"x-weft-receipt", receipt.id.encode()),)


def expected_revision(request: Request) -> int | None:
    """Return the revision that a write is conditional on, None if on none. Raises BadRequest."""
    header = request.headers.get("if-match")
    if header is None:
        return None
    found = _IF_MATCH.findall(header)
    if not found:
        return None
    if len(found) > 1:
        raise BadRequest("if-match", "Multiple revision_number etags are not supported.")
    if not found[0].isdecimal():
        raise BadRequest("if-match", "Revision number etag must be in the format of revision_number=<int>")
    return int(found[0])
