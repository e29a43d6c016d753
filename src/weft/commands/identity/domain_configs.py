"""A domain's configuration: groups of options, kept as one sealed text, for a password is among them.

Nothing in Weft reads it, as nothing in a Keystone does that has `domain_specific_drivers_enabled` off, as it comes.
Source: keystone, resource/core.py (DomainConfigManager), whose words these are.
"""

from collections.abc import Callable, Mapping
from typing import Any

from weft.model import Denied, Invalid, NotFound
from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes
from weft.wire.keystone.domain_config import DEFAULTS, SECRETS
from weft.wire.keystone.fields import MALFORMED

KIND = "domain_config"

Config = dict[str, dict[str, Any]]
Change = Callable[[Config], Config]
Open = Callable[[str | None], Config]
Seal = Callable[[Config], str]


class InvalidDomainConfig(Denied):
    """There is no such option, or the request names others than its path."""

    code = "invalid_domain_config"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid domain specific configuration: {reason}.")


class DomainConfigNotFound(NotFound):
    """The domain's configuration does not say."""

    code = "domain_config_not_found"

    def __init__(self, domain_id: str, group: str = "", option: str = "") -> None:
        what = f"option {option} in group {group}" if option else f"group {group}" if group else "any options"
        super().__init__(f"Could not find {what} in domain configuration for domain {domain_id}.")


class BadConfig(Invalid):
    """The body holds no object."""

    code = "bad_config"


def change_config(domain_id: str, change: Change, open: Open, seal: Seal, state: State, *, actor: str) -> Writes:
    """Return the write after which the domain's configuration is what `change` makes of it; {}: there is none."""
    held = state.get(KIND, domain_id)
    config = change(open(held.get("sealed_blob") if held is not None else None))
    values = {"domain_id": domain_id, "sealed_blob": seal(config), DELETED: False} if config else {DELETED: True}
    return Writes((Write(Key("fabric", KIND, domain_id), values),), actor=actor, verb="change domain config")


def shown(config: Mapping[str, Mapping[str, Any]], domain_id: str, group: str = "", option: str = "") -> dict[str, Any]:
    """Return what may be seen of a configuration, or of a group or option. Raises DomainConfigNotFound."""
    check_names(group, option)
    seen = {
        name: {each: value for each, value in options.items() if each not in SECRETS[name]}
        for name, options in config.items()
        if not group or name == group
    }
    if option:
        if option not in seen.get(group, {}):
            raise DomainConfigNotFound(domain_id, group, option)
        return {option: seen[group][option]}
    seen = {name: options for name, options in seen.items() if options}
    if not seen:
        raise DomainConfigNotFound(domain_id, group)
    return seen


def merged(present: Config, given: Any, domain_id: str, group: str = "", option: str = "") -> Config:
    """Return `present` with the options that are given. Raises InvalidDomainConfig, DomainConfigNotFound, BadConfig.

    Where the path names a group or option, the body is about that alone, and it is there.
    """
    config = checked({group: given} if option else given)
    check_names(group, option)
    if group:
        other = next(iter(config))
        if len(config) != 1 or (option and len(config[other]) != 1):
            what = f"option {option} in group {group}, so that, and only that, option" if option else ""
            what = what or f"group {group}, so that, and only that, group"
            raise InvalidDomainConfig(f"Trying to update {what} must be specified in the config")
        if other != group:
            raise InvalidDomainConfig(
                f"request to update group {group}, but config provided contains group {other} instead"
            )
        if option and option not in config[group]:
            stranger = next(iter(config[group]))
            raise InvalidDomainConfig(
                f"Trying to update option {option} in group {group}, but config provided contains option {stranger} "
                "instead"
            )
        if group not in present or (option and option not in present[group]):
            raise DomainConfigNotFound(domain_id, group, option)
    return {**present, **{name: {**present.get(name, {}), **options} for name, options in config.items()}}


def without(present: Config, domain_id: str, group: str = "", option: str = "") -> Config:
    """Return `present` without a group or option, or {}. Raises InvalidDomainConfig, DomainConfigNotFound."""
    check_names(group, option)
    if not group:
        return {}
    if group not in present or (option and option not in present[group]):
        raise DomainConfigNotFound(domain_id, group, option)
    kept = {name: value for name, value in present[group].items() if option and name != option}
    return {name: options for name, options in {**present, group: kept}.items() if options}


def checked(config: Any) -> Config:
    """Return a configuration that holds known options only. Raises InvalidDomainConfig, BadConfig."""
    if not isinstance(config, dict):
        raise BadConfig(f"Expecting to find config in request body.{MALFORMED}")
    if not config:
        raise InvalidDomainConfig("No options specified")
    for group, options in config.items():
        if not options or not isinstance(options, dict):
            raise InvalidDomainConfig(
                f"The value of group {group:.64} specified in the config should be a dictionary of options"
            )
        for option in options:
            check_names(group, option)
    return config


def check_names(group: str, option: str) -> None:
    """Raise InvalidDomainConfig if there is no such group, or no such option in it."""
    if group and group not in DEFAULTS:
        raise InvalidDomainConfig(f"Group {group:.64} is not supported for domain specific configurations")
    if option and option not in DEFAULTS[group] and option not in SECRETS[group]:
        raise InvalidDomainConfig(
            f"Option {option:.64} in group {group} is not supported for domain specific configurations"
        )
