"""Two sites that give one name to two users or projects: both stay, the older has the name, and it is reported."""

import pytest

from weft.store.findings import GRACE_MS, Findings
from weft.store.kinds import KINDS
from weft.store.records import Key, write
from weft.store.state import MergedState, indexed_paths


@pytest.mark.parametrize("kind", ["user", "project"])
@pytest.mark.parametrize(
    ("why", "domains", "reported"),
    [
        ("one name in one domain", ("default", "default"), 1),
        ("one name in two domains", ("default", "other"), 0),
    ],
)
def test_a_name_given_twice_is_reported_once(kind, why, domains, reported):
    state, changes = MergedState(), []
    for id, site, hlc, domain in (("older", "a", 1 << 20, domains[0]), ("newer", "b", 1 << 21, domains[1])):
        values = {"name": "twin", "domain_id": domain, "enabled": True}
        changes += state.apply(write(None, Key("fabric", kind, id), values, hlc, site))
    findings = Findings(state)
    findings.watch(changes, 0)
    conflicts = findings.due(GRACE_MS)
    assert len(conflicts) == reported, why
    for conflict in conflicts:
        assert (conflict.get("what"), conflict.get("id_of")) == ("duplicate", "newer")


UNIQUE = [(kind.name, paths) for kind in KINDS.values() for paths in kind.unique]


@pytest.mark.parametrize(
    ("kind", "paths"), UNIQUE, ids=lambda value: value if isinstance(value, str) else "+".join(value)
)
def test_whatever_must_be_unique_is_found_by_an_index_and_reported(kind, paths):
    assert set(paths) & set(indexed_paths(kind))
    values: dict = {}
    for path in paths:
        field, _, inner = path.partition("[].")
        if inner:
            values.setdefault(field, [{}])[0][inner] = "same"
        else:
            values[field] = "same"
    state = MergedState()
    findings = Findings(state)
    for id, site, hlc in (("older", "a", 1 << 20), ("newer", "b", 1 << 21)):
        findings.watch(state.apply(write(None, Key("fabric", kind, id), values, hlc, site)), 0)
    assert "newer" in {conflict.get("id_of") for conflict in findings.due(GRACE_MS)}
