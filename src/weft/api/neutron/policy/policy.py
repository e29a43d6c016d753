"""The rules in force, and what they say of a request.

Source: neutron, policy.py (_build_match_rule, enforce) and pecan_wsgi/hooks/policy_enforcement.py.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import structlog

from weft.api.caller import Caller
from weft.api.neutron.policy.rights import Rights, Verdict
from weft.api.neutron.policy.rules import BadPolicyFile, default_texts, read_rules
from weft.api.neutron.policy.target import Target
from weft.model import Denied

log = structlog.get_logger(__name__)

RELOAD_S = 1.0  # how soon a changed file is noticed
_MAX_SETS = 1_000  # of roles; a cloud has a handful
_GATEWAY_KEYS = ("network_id", "external_fixed_ips", "enable_snat")  # as neutron-lib orders external_gateway_info


class PolicyNotAuthorized(Denied):
    """A rule says no."""

    code = "policy_not_authorized"

    def __init__(self, rule: str) -> None:
        super().__init__(f"{rule} is disallowed by policy")


class InvalidScope(Denied):
    """The rule is for tokens of a project, and this one is of the system or of a domain."""

    code = "invalid_scope"

    def __init__(self, rule: str, scope: str) -> None:
        super().__init__(f"{rule} requires a scope of ['project'], request was made with {scope} scope.")


class Policy:
    """Neutron's rules, with those of the operator's files in their place, read again when the files change."""

    def __init__(self, file: Path | None = None) -> None:
        """`file` need not exist; the files of the directory `policy.d` beside it speak after it, in order of name."""
        self._file = file
        self._next_look = 0.0
        self._seen: tuple[tuple[Path, int, int], ...] = ()
        self._rules = read_rules()
        self._rights: dict[tuple[frozenset[str], frozenset[str]], Rights] = {}
        self._callers: dict[int, tuple[Caller, Caller]] = {}  # id → without rights, with them: who asks, asks again

    def with_rights(self, caller: Caller, now_s: float) -> Caller:
        """Return the caller with what it may do. `now_s` never goes back."""
        if now_s >= self._next_look and self._file is not None:
            self._next_look = now_s + RELOAD_S
            self._look()
        slot = caller.roles, caller.service_roles
        rights = self._rights.get(slot)
        if rights is None:
            if len(self._rights) >= _MAX_SETS:
                self._rights.clear()
            rights = self._rights[slot] = Rights(self._rules, caller)
        made = self._callers.get(id(caller))
        if made is None or made[0] is not caller or made[1].rights is not rights:
            if len(self._callers) >= _MAX_SETS:
                self._callers.clear()
            made = self._callers[id(caller)] = caller, msgspec.structs.replace(caller, rights=rights)
        return made[1]

    def _look(self) -> None:
        """Read the files if they are not as they were. Bad ones change nothing."""
        assert self._file is not None
        present = _files(self._file)
        if present == self._seen:
            return
        self._seen = present
        try:
            self._rules = read_rules(tuple(path for path, _, _ in present))
        except BadPolicyFile as err:
            log.error("policy file not used, the rules stay as they were", error=str(err))
            return
        self._rights.clear()
        log.info("policy read", files=[str(path) for path, _, _ in present])


def _files(file: Path) -> tuple[tuple[Path, int, int], ...]:
    directory = file.parent / "policy.d"
    paths = [file, *sorted(path for path in directory.glob("*") if path.suffix in (".yaml", ".yml", ".json"))]
    return tuple(
        (path, status.st_mtime_ns, status.st_size) for path in paths if path.is_file() and (status := path.stat())
    )


def rights_of(caller: Caller) -> Rights:
    """Return what the caller may do; every caller that comes in through the API has rights."""
    assert isinstance(caller.rights, Rights)
    return caller.rights


def settled(caller: Caller, rule: str) -> Verdict:
    """Return what a single rule says of the caller: yes, no, or the question to ask of each object."""
    if caller.scope != "project" and rule in default_texts():
        return False  # they are all for tokens of a project
    return rights_of(caller).verdict(rule)


def check(caller: Caller, rule: str, target: Target) -> bool:
    """Tell whether a single rule lets the caller."""
    verdict = settled(caller, rule)
    return verdict if isinstance(verdict, bool) else verdict(caller, target)


def enforce(caller: Caller, action: str, target: Target, guarded: Iterable[str] = ()) -> None:
    """Return if `caller` may do `action` and set each of the `guarded` attributes to their values in the target.

    Raises PolicyNotAuthorized, InvalidScope; NotFound where a rule is about an object that is gone.
    """
    rights = rights_of(caller)
    named = [(name, _rules_below(rights, f"{action}:{name}", target.values.get(name))) for name in guarded]
    if not named and action in default_texts() and caller.scope != "project":
        raise InvalidScope(f"rule:{action}", caller.scope)
    if rights.allows(action, caller, target) and all(
        rights.allows(f"{action}:{name}", caller, target)
        and all(rights.allows(rule, caller, target) for group in below for rule in group)
        for name, below in named
    ):
        return
    raise PolicyNotAuthorized(_told(action, named))


def hidden_attributes(caller: Caller, resource: str, first: Target | None) -> frozenset[str]:
    """Return the names of the attributes that `caller` does not see.

    Where that depends on the object, `first` decides for all that are shown along with it, as in Neutron.
    """
    never, perhaps = rights_of(caller).hidden(resource)
    if not perhaps or first is None:
        return never
    also = [name for name, asks in perhaps if not asks(caller, first)]
    return never.union(also) if also else never


def _rules_below(rights: Rights, rule: str, value: Any) -> list[list[str]]:
    """Return the rules on what is inside a value: of a dict's keys, if there are such; of every key in a list."""
    if isinstance(value, dict):
        written = [f"{rule}:{key}" for key in sorted(value, key=_place) if rights.has(f"{rule}:{key}")]
        return [written] if written else []
    if isinstance(value, list):
        inside = [f"{rule}:{key}" for item in value if isinstance(item, dict) for key in item]
        return [inside] if inside else []
    return []


def _place(key: str) -> int:
    return _GATEWAY_KEYS.index(key) if key in _GATEWAY_KEYS else len(_GATEWAY_KEYS)


def _told(action: str, named: Sequence[tuple[str, list[list[str]]]]) -> str:
    text = f"rule:{action}"
    for name, below in named:
        own = f"rule:{action}:{name}"
        for group in below:
            own = f"({own} and ({' and '.join(f'rule:{rule}' for rule in group)}))"
        text = f"({text} and {own})"
    return text
