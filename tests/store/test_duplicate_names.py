"""Two sites that give one name to two users or projects: both stay, the older has the name, and it is reported."""

import pytest

from weft.store.findings import GRACE_MS, Findings
from weft.store.records import Key, write
from weft.store.state import MergedState


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
