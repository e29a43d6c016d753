"""Settling rules per set of roles gives the answers that asking them whole gives."""

from hypothesis import given, settings
from hypothesis import strategies as st
from oslo_policy import _checks

from weft.api.caller import Caller
from weft.api.neutron.policy.checks import FieldCheck, OwnerCheck
from weft.api.neutron.policy.rights import Rights
from weft.api.neutron.policy.rules import read_rules
from weft.api.neutron.policy.target import Target

RULES = read_rules()
NAMES = sorted(RULES)
ROLES = st.frozensets(st.sampled_from(["reader", "member", "manager", "admin", "service", "data_plane_integrator"]))
PROJECTS = st.sampled_from(["mine", "theirs"])
VALUES = st.fixed_dictionaries(
    {"project_id": PROJECTS},
    optional={
        "shared": st.booleans(),
        "router:external": st.booleans(),
        "device_owner": st.sampled_from(["", "compute:nova", "network:dhcp"]),
        "target_tenant": st.sampled_from(["*", "mine"]),
        "target_project": st.sampled_from(["*", "mine"]),
        "network:project_id": PROJECTS,
        "security_group:project_id": PROJECTS,
        "ext_parent:project_id": PROJECTS,
    },
)


def says(check, caller, target):
    """Ask a rule whole, as oslo.policy walks it."""
    match check:
        case _checks.TrueCheck() | _checks.FalseCheck():
            return isinstance(check, _checks.TrueCheck)
        case _checks.RuleCheck():
            return says(RULES[check.match], caller, target)
        case _checks.NotCheck():
            return not says(check.rule, caller, target)
        case _checks.AndCheck():
            return all(says(rule, caller, target) for rule in check.rules)
        case _checks.OrCheck():
            return any(says(rule, caller, target) for rule in check.rules)
        case OwnerCheck() | FieldCheck():
            return check.asks(caller, target)
    return bool(check(target.values, caller.policy_values(), None))


@settings(max_examples=500, deadline=None)
@given(name=st.sampled_from(NAMES), roles=ROLES, service_roles=ROLES, project=PROJECTS, values=VALUES)
def test_settled_rules_say_what_whole_ones_say(name, roles, service_roles, project, values):
    caller = Caller("u", project, roles=roles, service_roles=service_roles)
    rights, target = Rights(RULES, caller), Target(values)
    assert rights.allows(name, caller, target) == says(RULES[name], caller, target)


def test_roles_alone_settle_what_an_administrator_may_and_a_reader_may_not():
    admin = Rights(RULES, Caller("u", "p", roles=frozenset({"admin"})))
    reader = Rights(RULES, Caller("u", "p", roles=frozenset({"reader"})))
    assert admin.verdict("get_port") is True
    assert reader.verdict("create_router") is False
    assert not isinstance(reader.verdict("get_port"), bool)


def test_one_set_of_roles_serves_every_caller_that_has_it():
    rights = Rights(RULES, Caller("u", "p", roles=frozenset({"member"})))
    target = Target({"project_id": "q"})
    assert not rights.allows("update_router", Caller("u", "p"), target)
    assert rights.allows("update_router", Caller("v", "q"), target)


def test_who_is_of_no_project_owns_nothing():
    caller = Caller("u", None, roles=frozenset({"member"}))
    assert not Rights(RULES, caller).allows("update_router", caller, Target({"project_id": None}))


def test_what_only_oslo_policy_knows_is_asked_of_it():
    rules = read_rules()
    rules.update(rules.from_dict({"mine": "user_id:%(user_id)s", "named": "role:%(colour)s"}))
    caller = Caller("u", "p", roles=frozenset({"blue"}))
    rights = Rights(rules, caller)
    assert rights.allows("mine", caller, Target({"user_id": "u"}))
    assert not rights.allows("mine", caller, Target({"user_id": "v"}))
    assert not rights.allows("mine", caller, Target())
    assert rights.allows("named", caller, Target({"colour": "blue"}))


def test_attributes_that_roles_hide_are_known_before_any_object_is_seen():
    member = Rights(RULES, Caller("u", "p", roles=frozenset({"member", "reader"})))
    never, _ = member.hidden("port")
    assert {"binding:host_id", "binding:profile", "binding:vif_type", "binding:vif_details"} <= never
    service = Rights(RULES, Caller("u", "p", roles=frozenset({"service"})))
    assert "binding:host_id" not in service.hidden("port")[0]
