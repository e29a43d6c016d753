"""Write Neutron's default policies as the YAML that weftd reads: one file per area, sources named.

Run with the Python of an environment that holds Neutron: `python tools/neutron_policies.py DIRECTORY`.
The form is that of oslopolicy-sample-generator, with the rules not commented out.
"""

import importlib
import itertools
import pkgutil
import sys
import textwrap
from importlib.metadata import version
from pathlib import Path
from typing import Any

HEADER = """\
# Default policies of OpenStack Neutron {version}, neutron/conf/policies/{area}.py.
# Copyright the OpenStack contributors; licensed under the Apache License, Version 2.0.
# Written by tools/neutron_policies.py; operators override rules in a policy file of their own.
"""


def main() -> None:
    """Write the files, and one that says which rules have had other names."""
    policies = importlib.import_module("neutron.conf.policies")
    into, release = Path(sys.argv[1]), version("neutron")
    renamed: dict[str, str] = {}
    for area in sorted(module.name for module in pkgutil.iter_modules(policies.__path__)):
        rules = list(importlib.import_module(f"neutron.conf.policies.{area}").list_rules())
        text = "\n".join(itertools.chain([HEADER.format(version=release, area=area)], map(_told, rules)))
        (into / f"{area}.yaml").write_text(text)
        for rule in rules:
            if rule.deprecated_rule is not None and rule.deprecated_rule.name != rule.name:
                renamed[rule.deprecated_rule.name] = rule.name
    lines = [HEADER.format(version=release, area="*"), "# Former name: present name."]
    lines += [f'"{old}": "{new}"' for old, new in renamed.items()]
    (into / "renamed.yaml").write_text("\n".join(lines) + "\n")


def _told(rule: Any) -> str:
    lines = textwrap.wrap(rule.description or rule.name, 117)
    for operation in getattr(rule, "operations", None) or ():
        methods = operation["method"]
        for method in [methods] if isinstance(methods, str) else methods:
            lines.append(f"{method}  {operation['path']}")
    if rule.scope_types:
        lines.append(f"Intended scope(s): {', '.join(rule.scope_types)}")
    return "".join(f"# {line}\n" for line in lines) + f'"{rule.name}": "{rule.check_str}"\n'


if __name__ == "__main__":
    main()
