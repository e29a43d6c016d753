"""Names of users, projects and roles: what they may look like, and what is said when one is taken."""

from weft.model import Conflict, Invalid


class BadName(Invalid):
    """A name that is empty, blank or too long."""

    code = "bad_name"


class DuplicateName(Conflict):
    """Somebody else has that name. The words are Keystone's."""

    code = "duplicate_name"

    def __init__(self, kind: str, details: str) -> None:
        super().__init__(f"Conflict occurred attempting to store {kind} - {details}.")


def checked_name(name: str, length_max: int) -> str:
    """Return `name`. Raises BadName."""
    if not name.strip():
        raise BadName("Invalid input for field 'name': it must not be empty or blank.")
    if len(name) > length_max:
        raise BadName(f"Invalid input for field 'name': it is {len(name)} characters long, at most {length_max} fit.")
    return name
