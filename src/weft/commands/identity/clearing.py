"""What goes with a thing that is deleted: everything that only says something about it.

Deleting wins in identity: none of these records holds its user or project alive (`refers` is empty in
`store/kinds`), since a user that comes back because a cut-off site gave it a role would be a way in. What
such a site added meanwhile points nowhere after the merge and gives nobody anything.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from weft.store.protocol import State
from weft.store.records import DELETED, Key, Record
from weft.store.writes import Write

DELETES_MAX = 900  # the site's log takes no more than 1000 records in one write

# (kind, field) of the records that go when a thing of the kind on the left does
_ABOUT = {
    "user": (
        ("assignment", "user_id"), ("membership", "user_id"), ("application_credential", "user_id"),
        ("access_rule", "user_id"), ("credential", "user_id"), ("trust", "trustor_user_id"),
        ("trust", "trustee_user_id"),
    ),
    "group": (("assignment", "group_id"), ("membership", "group_id")),
    "project": (
        ("assignment", "project_id"), ("application_credential", "project_id"), ("credential", "project_id"),
        ("trust", "project_id"), ("limit", "project_id"), ("project_endpoint", "project_id"),
        ("project_endpoint_group", "project_id"),
    ),
    "role": (("assignment", "role_id"), ("implied_role", "prior_role_id"), ("implied_role", "implied_role_id")),
    "domain": (
        ("user", "domain_id"), ("group", "domain_id"), ("project", "domain_id"), ("role", "domain_id"),
        ("assignment", "domain_id"), ("limit", "domain_id"), ("domain_config", "domain_id"),
        ("identity_provider", "domain_id"),
    ),
    "service": (
        ("endpoint", "service_id"), ("policy_association", "service_id"),
    ),
    "endpoint": (("project_endpoint", "endpoint_id"), ("policy_association", "endpoint_id")),
    "identity_provider": (("federation_protocol", "idp_id"),),
    "endpoint_group": (("project_endpoint_group", "endpoint_group_id"),),
    "policy": (("policy_association", "policy_id"),),
}  # fmt: skip


def deletes(state: State, record: Record) -> tuple[Write, ...]:
    """Return the writes that delete all that is about a record, and last the record itself.

    At most `DELETES_MAX`: while the record is still there afterwards, the same is to be asked for again.
    """
    keys = dict.fromkeys(_with_all_about(state, [record]))
    return tuple(Write(key, {DELETED: True}) for key in islice(keys, DELETES_MAX))


def _with_all_about(state: State, records: Iterable[Record]) -> Iterator[Key]:
    for record in records:
        for kind, field in _ABOUT.get(record.key.kind, ()):
            yield from _with_all_about(state, state.lookup(kind, field, record.key.id))
        yield record.key
