"""What can go wrong, in five families; each says what, where and what next.

`api/errors.py` is the one table from family (or class) to HTTP status and Neutron error type. What can
happen is one of these; what cannot is an `assert`.
"""


class WeftError(Exception):
    """Root of everything Weft raises on purpose. `code` is stable; `hint` is the next step, if known."""

    code = "error"
    hint: str | None = None


class Invalid(WeftError):
    """The request makes no sense, whatever the state."""

    code = "invalid"


class NotFound(WeftError):
    """No such thing, or none that the caller may know of."""

    code = "not_found"


class Conflict(WeftError):
    """The request makes sense but not in the present state."""

    code = "conflict"


class Denied(WeftError):
    """The caller may not do this."""

    code = "denied"


class Unavailable(WeftError):
    """A part that is needed does not answer now; the same request may succeed later."""

    code = "unavailable"
