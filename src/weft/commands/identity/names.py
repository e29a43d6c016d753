"""Names of users, groups, projects, domains and roles: one of each in a domain, and what is said when one is taken."""

from weft.commands.identity.directory import domain_named, named
from weft.model import Conflict
from weft.store.protocol import State


class DuplicateName(Conflict):
    """Somebody else has that name. The words are Keystone's."""

    code = "duplicate_name"

    def __init__(self, kind: str, details: str) -> None:
        super().__init__(f"Conflict occurred attempting to store {kind} - {details}.")


def free_name(state: State, kind: str, name: str, domain_id: str | None, *, own_id: str) -> str:
    """Return `name` as it is kept. Raises DuplicateName if another record answers to it."""
    if kind in ("project", "domain"):
        name = name.strip()
    holder = domain_named(state, name) if kind == "domain" else named(state, kind, name, domain_id)
    if holder is None or holder.key.id == own_id:
        return name
    if kind == "domain":
        told = f"it is not permitted to have two projects acting as domains with the same name: {name}"
        raise DuplicateName("project", told)
    if kind == "project":
        told = "it is not permitted to have two projects with either the same name or same id in the same domain"
        raise DuplicateName(kind, f"{told}: name is {name}, project id {own_id}")
    raise DuplicateName(
        kind, f"Duplicate entry found with name {name}" + (f" at domain ID {domain_id}" if domain_id else "")
    )
