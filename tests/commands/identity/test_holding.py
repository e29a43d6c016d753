"""Laws of who holds what: two ways to ask agree, and what is deleted gives nobody anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.commands.identity.assignments import Assignment, grant_role, revoke_role
from weft.commands.identity.directory import SYSTEM, Scope
from weft.commands.identity.groups import add_member
from weft.commands.identity.holding import assigned_roles, scopes_of
from weft.commands.identity.inquiry import Inquiry, assignments_held
from weft.commands.identity.roles import imply_role
from weft.store.records import DELETED, Key, merge, write
from weft.store.state import MergedState

USERS, GROUPS, ROLES = ("ann", "bob"), ("crew", "gang"), ("low", "mid", "high")
PARENTS = {"top": "d", "left": "top", "right": "top", "leaf": "left"}
SCOPES = [Scope("project", id) for id in PARENTS] + [Scope("domain", "d"), SYSTEM]


class Site:
    """A state that commands are carried out on, as one site does it."""

    def __init__(self, name="a", records=()):
        self.name, self.state, self.clock = name, MergedState(), 0
        for record in records:
            self.state.apply(record)

    def put(self, kind, id, **values):
        self._write(Key("fabric", kind, id), values)

    def do(self, writes):
        for each in writes.writes:
            self._write(each.key, each.values)

    def _write(self, key, values):
        self.clock += 1
        self.state.apply(write(self.state.raw(key), key, values, self.clock, self.name))

    def hear(self, other):
        for record in list(other.state.raw_records()):
            held = self.state.raw(record.key)
            self.state.apply(record if held is None else merge(held, record).record)


def fabric(name="a"):
    site = Site(name)
    site.put("domain", "d", name="d", enabled=True)
    for id, parent in PARENTS.items():
        site.put("project", id, name=id, domain_id="d", parent_id=parent, enabled=True)
    for kind, names in (("user", USERS), ("group", GROUPS), ("role", ROLES)):
        for id in names:
            site.put(kind, id, name=id, domain_id=None if kind == "role" else "d", enabled=True)
    return site


GRANTS = st.tuples(
    st.sampled_from([("user", id) for id in USERS] + [("group", id) for id in GROUPS]),
    st.sampled_from(SCOPES),
    st.sampled_from(ROLES),
    st.booleans(),
)


@given(
    grants=st.lists(GRANTS, max_size=6),
    members=st.sets(st.tuples(st.sampled_from(GROUPS), st.sampled_from(USERS))),
    implied=st.sets(st.tuples(st.sampled_from(ROLES), st.sampled_from(ROLES)), max_size=3),
)
def test_what_a_token_stands_for_is_what_the_list_of_effective_assignments_says(grants, members, implied):
    site = fabric()
    for (actor, id), scope, role, inherited in grants:
        asked = Assignment(id, scope, role, actor=actor, inherited=inherited and scope != SYSTEM)
        site.do(grant_role(asked, site.state, actor=""))
    for group, user in members:
        site.do(add_member(group, user, site.state, actor=""))
    for prior, other in implied:
        site.do(imply_role(prior, other, site.state, actor=""))
    listed = {
        (held.what.actor_id, held.what.scope, held.what.role_id)
        for held in assignments_held(site.state, Inquiry(effective=True))
    }
    computed = {
        (user, scope, role.key.id)
        for user in USERS
        for scope in SCOPES
        for role in assigned_roles(site.state, user, scope)
    }
    assert listed == computed
    for user in USERS:
        assert scopes_of(site.state, user) == {scope for who, scope, _ in computed if who == user}


GRANT = Assignment("ann", Scope("project", "leaf"), "low")


def pair():
    """Two sites that hold the same and then are cut off from each other."""
    a = fabric()
    b = Site("b", list(a.state.raw_records()))
    b.clock = a.clock
    return a, b


def meet(a, b):
    a.hear(b)
    b.hear(a)
    for one, other in ((a, b), (b, a)):
        for record in one.state.raw_records():
            assert other.state.raw(record.key) == record
    return a.state


def test_one_grant_made_at_two_sites_is_one():
    a, b = pair()
    for site in (a, b):
        site.do(grant_role(GRANT, site.state, actor=site.name))
    state = meet(a, b)
    assert len(state.of_kind("assignment")) == 1
    assert [role.key.id for role in assigned_roles(state, "ann", GRANT.scope)] == ["low"]


@pytest.mark.parametrize("kind", ["user", "project", "role", "domain"])
def test_what_a_cut_off_site_gave_to_a_thing_deleted_elsewhere_gives_nothing(kind):
    a, b = pair()
    id = {"user": "ann", "project": "leaf", "role": "low", "domain": "d"}[kind]
    grant = Assignment("ann", Scope("domain", "d"), "low") if kind == "domain" else GRANT
    a.put(kind, id, **{DELETED: True})
    b.do(grant_role(grant, b.state, actor="b"))
    state = meet(a, b)
    assert state.get(kind, id) is None, "nothing holds it alive: no token for it, or of it, can be had"
    if kind == "role":
        assert assigned_roles(state, "ann", grant.scope) == []


def test_a_role_taken_away_at_one_site_is_gone_at_both():
    a, b = pair()
    a.do(grant_role(GRANT, a.state, actor="a"))
    meet(a, b)
    b.do(revoke_role(GRANT, b.state, actor="b"))
    assert assigned_roles(meet(a, b), "ann", GRANT.scope) == []
