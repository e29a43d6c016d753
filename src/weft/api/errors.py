"""The one table from what went wrong to HTTP status and Neutron error type.

Family decides the status; the class's own name is Neutron's "type" (see commands/errors.py) unless the
table says otherwise.
"""

import msgspec

from weft.api.caller import Unauthenticated
from weft.commands import errors as refusals
from weft.commands.l3.errors import NoGateway
from weft.commands.quotas.limits import LimitBelowUsage
from weft.model import Conflict, Denied, Invalid, NotFound, Unavailable, WeftError
from weft.store.writes import ClaimTaken, NotHandedOver, StaleView
from weft.wire.neutron.attributes import BadRequest, BadValue

STATUS: dict[type[WeftError], int] = {  # first match along the class's ancestors
    refusals.RevisionNumberConstraintFailed: 412,
    refusals.PortBindingError: 500,
    Unauthenticated: 401,
    Invalid: 400,
    Denied: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}

TYPE: dict[type[WeftError], str] = {
    BadRequest: "HTTPBadRequest",
    BadValue: "InvalidInput",
    LimitBelowUsage: "HTTPBadRequest",
    NotHandedOver: "IpAddressGenerationFailure",
    ClaimTaken: "Conflict",
    NoGateway: "Conflict",
    StaleView: "Conflict",
    Unavailable: "ServiceUnavailable",
}

INTERNAL_ERROR = "Request Failed: internal server error while processing your request."  # Neutron's words


class HttpProblem(WeftError):
    """What is wrong with the request as HTTP, before any resource is asked."""

    code = "http_problem"

    def __init__(self, status: int, type_name: str, message: str) -> None:
        self.status, self.type_name = status, type_name
        super().__init__(message)


def not_acceptable() -> HttpProblem:
    """The client takes no JSON, and there is nothing else."""
    told = "The server could not comply with the request since it is either malformed or otherwise incorrect."
    return HttpProblem(406, "HTTPNotAcceptable", told)


def nothing_here() -> HttpProblem:
    """No such path."""
    return HttpProblem(404, "HTTPNotFound", "The resource could not be found.")


def not_allowed() -> HttpProblem:
    """The path exists, the method does not."""
    told = "The server could not comply with the request since it is either malformed or otherwise incorrect."
    return HttpProblem(405, "HTTPMethodNotAllowed", told)


def too_large(limit: int) -> HttpProblem:
    """The body is longer than we read."""
    return HttpProblem(413, "HTTPRequestEntityTooLarge", f"Request is too large: the limit is {limit} bytes.")


def status_of(err: WeftError) -> int:
    """Return the HTTP status for a refusal."""
    if isinstance(err, HttpProblem):
        return err.status
    for ancestor in type(err).__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return 500


def neutron_body(err: WeftError) -> bytes:
    """Return Neutron's error document for a refusal."""
    if isinstance(err, HttpProblem):
        return error_document(err.type_name, str(err))
    return error_document(_type_of(err), str(err))


def _type_of(err: WeftError) -> str:
    if isinstance(err, NotHandedOver) and err.pool == "vni":
        return "NoNetworkAvailable"
    if isinstance(err, NotHandedOver) and err.pool.startswith("quota."):
        return "OverQuota"
    if isinstance(err, NotHandedOver) and err.pool.startswith("subnetpool."):
        return "SubnetAllocationError"
    return TYPE.get(type(err), type(err).__name__)


def error_document(type_name: str, message: str) -> bytes:
    """Return `{"NeutronError": …}`."""
    return msgspec.json.encode({"NeutronError": {"type": type_name, "message": message, "detail": ""}})


def unauthorized_body(message: str) -> bytes:
    """Return the document that keystonemiddleware answers a missing or bad token with."""
    return msgspec.json.encode({"error": {"code": 401, "title": "Unauthorized", "message": message}})
