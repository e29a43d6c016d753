"""What a set of roles may do, as far as that can be said without looking at an object.

Callers are many, sets of roles few, and most of a rule is about roles. So every rule is settled once per set of
roles: to yes, to no, or to the questions that remain for the object at hand. An administrator's list of thousands
then asks nothing per object, and a member's asks "is it yours?", a comparison of two strings.
"""

from collections.abc import Callable
from typing import Any

from oslo_policy import _checks
from oslo_policy.policy import Rules

from weft.api.caller import Caller
from weft.api.neutron.policy.checks import FieldCheck, OwnerCheck
from weft.api.neutron.policy.target import ABSENT, Target

Question = Callable[[Caller, Target], bool]
Verdict = bool | Question


class Rights:
    """The rules, settled for callers of one set of roles and one scope. Settles a rule when it is first asked for."""

    def __init__(self, rules: Rules, like: Caller) -> None:
        self._rules, self._like = rules, like
        self._verdicts: dict[str, Verdict] = {}
        self._hidden: dict[str, tuple[frozenset[str], tuple[tuple[str, Question], ...]]] = {}
        nothing = Target({})
        self.is_admin = self.allows("context_is_admin", like, nothing)
        self.is_service = self.allows("service_api", like, nothing) or self.allows("context_is_advsvc", like, nothing)
        self.sees_everything = (
            self.is_admin or self.is_service or self.allows("context_with_global_access", like, nothing)
        )
        names_projects = "context_can_set_project_id" in rules and self.allows(
            "context_can_set_project_id", like, nothing
        )
        self.names_projects = self.is_admin or self.is_service or names_projects

    def allows(self, rule: str, caller: Caller, target: Target) -> bool:
        """Tell what a rule says; one that nobody wrote says what "default" says."""
        verdict = self.verdict(rule)
        return verdict if isinstance(verdict, bool) else verdict(caller, target)

    def verdict(self, rule: str) -> Verdict:
        """Return a rule as far as these roles settle it."""
        verdict = self._verdicts.get(rule)
        if verdict is None:
            verdict = self._verdicts[rule] = self._settle(self._rules[rule])
        return verdict

    def has(self, rule: str) -> bool:
        """Tell whether somebody wrote such a rule."""
        return rule in self._rules

    def hidden(self, resource: str) -> tuple[frozenset[str], tuple[tuple[str, Question], ...]]:
        """Return the attributes of a resource that these roles never see, and those that depend on the object."""
        known = self._hidden.get(resource)
        if known is None:
            prefix = f"get_{resource}:"
            guarded = [
                (name.removeprefix(prefix), self.verdict(name)) for name in self._rules if name.startswith(prefix)
            ]
            never = frozenset(name for name, verdict in guarded if verdict is False)
            perhaps = tuple((name, verdict) for name, verdict in guarded if not isinstance(verdict, bool))
            known = self._hidden[resource] = never, perhaps
        return known

    def _settle(self, check: _checks.BaseCheck) -> Verdict:
        match check:
            case _checks.TrueCheck():
                return True
            case _checks.FalseCheck():
                return False
            case _checks.RuleCheck():
                return self.verdict(check.match)
            case _checks.NotCheck():
                return _not(self._settle(check.rule))
            case _checks.AndCheck():
                return _all([self._settle(rule) for rule in check.rules])
            case _checks.OrCheck():
                return _any([self._settle(rule) for rule in check.rules])
            case OwnerCheck() | FieldCheck():
                return check.asks
            case _checks.RoleCheck() if "%" not in check.match:
                return check.match.lower() in self._like.roles
            case _checks.GenericCheck() if check.kind == "service_roles" and "%" not in check.match:
                return check.match in self._like.service_roles
        return _as_oslo_asks(check)


def _not(verdict: Verdict) -> Verdict:
    if isinstance(verdict, bool):
        return not verdict
    return lambda caller, target: not verdict(caller, target)


def _all(verdicts: list[Verdict]) -> Verdict:
    if False in verdicts:
        return False
    questions = [verdict for verdict in verdicts if not isinstance(verdict, bool)]
    if len(questions) < 2:
        return questions[0] if questions else True
    return lambda caller, target: all(question(caller, target) for question in questions)


def _any(verdicts: list[Verdict]) -> Verdict:
    if True in verdicts:
        return True
    questions = [verdict for verdict in verdicts if not isinstance(verdict, bool)]
    if len(questions) < 2:
        return questions[0] if questions else False
    return lambda caller, target: any(question(caller, target) for question in questions)


def _as_oslo_asks(check: Any) -> Question:
    """Let oslo.policy's own check look at everything: `user_id:%(user_id)s` and the like."""
    return lambda caller, target: bool(check(_Fields(target, caller), caller.policy_values(), None))


class _Fields(dict[str, Any]):
    """A target as `"%(name)s" % target` reads it."""

    def __init__(self, target: Target, caller: Caller) -> None:
        super().__init__()
        self._target, self._caller = target, caller

    def __missing__(self, name: str) -> Any:
        value = self._target.get(name, self._caller)
        if value is ABSENT:
            raise KeyError(name)
        return value
