"""The rules' texts: Neutron's defaults, shipped beside this package, and the operator's files over them.

oslo.policy's parser makes checks of them. Source of the semantics: oslo.policy, policy.py (Enforcer, Rules).
"""

import functools
import logging
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import structlog
import yaml
from oslo_policy import _checks
from oslo_policy.policy import Rules

from weft.api.neutron.policy import checks
from weft.model import Invalid

log = structlog.get_logger(__name__)

DEFAULT_RULE = "default"  # what stands in for a rule that nobody has written
_REMOTE = ("http", "https")  # checks that ask a server: one request of ours would wait for another

# Looking for further checks among all installed packages takes 50 ms and leaves a cache file in root's home.
_checks.extension_checks = {}
logging.getLogger("oslo_policy").addHandler(logging.NullHandler())  # what it has to say we say, in one line
logging.getLogger("oslo_policy").propagate = False

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadPolicyFile(Invalid):
    """A policy file cannot be used; the message says where and why."""

    code = "bad_policy_file"


@functools.cache
def default_texts() -> Mapping[str, str]:
    """Return Neutron's defaults: rule name → text, in Neutron's order."""
    texts: dict[str, str] = {}
    for file in sorted(_shipped().iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml") and file.name != "renamed.yaml":
            texts.update(yaml.load(file.read_text(), _Loader))
    return texts


@functools.cache
def _renamed() -> Mapping[str, str]:
    names: dict[str, str] = yaml.load((_shipped() / "renamed.yaml").read_text(), _Loader)
    return names


def _shipped() -> Any:
    return resources.files("weft.api.neutron") / "policies"


def read_rules(files: tuple[Path, ...] = ()) -> Rules:
    """Return the rules in force: the defaults, with what `files` say in their place. Raises BadPolicyFile."""
    if not files:
        return Rules(dict(_parsed_defaults()), DEFAULT_RULE)
    texts = dict(default_texts())
    for file in files:
        for name, text in _read(file).items():
            texts[_renamed().get(name, name)] = text
    _warn_of_strangers(texts)
    rules = Rules(dict(_parsed_defaults()), DEFAULT_RULE)
    rules.update({name: _parse(name, text) for name, text in texts.items() if text != default_texts().get(name)})
    _follow_all(rules)
    return rules


@functools.cache
def _parsed_defaults() -> Mapping[str, _checks.BaseCheck]:
    parsed = Rules({name: _parse(name, text) for name, text in default_texts().items()}, DEFAULT_RULE)
    _follow_all(parsed)
    return parsed


def _read(file: Path) -> Mapping[str, str]:
    try:
        document = yaml.load(file.read_text(), _Loader)
    except OSError as err:
        raise BadPolicyFile(f"{file}: {err.strerror or err}") from err
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise BadPolicyFile(f"{file}: {' '.join(str(err).split())}") from err
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise BadPolicyFile(f"{file}: must be a mapping from rule names to rules")
    for name, text in document.items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise BadPolicyFile(f"{file}: rule {name!r} must be a string")
        try:
            _parse(name, text)
        except BadPolicyFile as err:
            raise BadPolicyFile(f"{file}: {err}") from None
    return document


def _parse(name: str, text: str) -> _checks.BaseCheck:
    """Return a rule's check. The parser itself makes what it does not understand a plain "no"."""
    try:
        parsed: _checks.BaseCheck = Rules.from_dict({name: text})[name]
    except Exception as err:  # a check may refuse its own words
        raise BadPolicyFile(f"rule {name}: {err}") from err
    for check in checks.parts(parsed):
        is_misread = isinstance(check, _checks.FalseCheck) and "!" not in text
        if is_misread or getattr(check, "kind", "") in _REMOTE:
            raise BadPolicyFile(f"rule {name}: cannot make sense of {text!r}")
    return parsed


def _follow_all(rules: Rules) -> None:
    """Raise BadPolicyFile if a rule leads back to itself. Looks at each once."""
    sound: set[str] = set()
    for name in rules:
        _follow(rules, name, (), sound)


def _follow(rules: Rules, name: str, path: tuple[str, ...], sound: set[str]) -> None:
    if name in path:
        raise BadPolicyFile(f"rule {name} refers to itself: {' -> '.join([*path, name])}")
    if name in sound:
        return
    for check in checks.parts(rules[name]):
        if isinstance(check, _checks.RuleCheck):
            _follow(rules, check.match, (*path, name), sound)
    sound.add(name)


def _warn_of_strangers(texts: Mapping[str, str]) -> None:
    """Mention rules that Neutron does not have and no other rule refers to: misspelt, most likely."""
    said = " ".join(texts.values())
    strangers = [name for name in texts if name not in default_texts() and f"rule:{name}" not in said]
    if strangers:
        log.warning("policy file names rules that Neutron does not have by default", rules=sorted(strangers))
