"""Turns whatever ended weftd into one clear line: what happened, and what to do."""

import errno
import re

from weft.model import WeftError

HINTS = {
    errno.ENOSPC: "free some space on the disk of node.state_dir",
    errno.EACCES: "start weftd as root, or check who owns the file",
    errno.EPERM: "start weftd as root",
    errno.EROFS: "put node.state_dir on a disk that can be written",
    errno.EADDRINUSE: "see who listens there with `ss -ltnp`",
}


class CannotStart(WeftError):
    """Something that weftd needs is missing; the message says what, the hint what to do."""

    code = "cannot_start"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def first_cause(err: BaseException) -> BaseException:
    """Return the first single error inside groups of a TaskGroup."""
    while isinstance(err, BaseExceptionGroup):
        err = err.exceptions[0]
    return err


def failure_line(err: BaseException) -> str:
    """Return `weftd: error: … hint: …` on one line."""
    cause = first_cause(err)
    hint = getattr(cause, "hint", None)
    if isinstance(cause, WeftError):
        message = str(cause)
    elif isinstance(cause, OSError):
        where = f"{cause.filename}: " if cause.filename else ""
        message = f"{where}{cause.strerror or cause}"
        hint = hint or HINTS.get(cause.errno or 0)
    else:  # a defect of ours: the type helps to find it
        message = f"{type(cause).__name__}: {cause}"
        hint = "this is a defect in weftd; its log has the details"
    line = f"weftd: error: {message}" + (f" hint: {hint}" if hint else "")
    return re.sub(r"\s*\n\s*", "; ", line.strip())
