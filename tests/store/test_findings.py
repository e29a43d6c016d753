"""Findings: every kind that names a thing by several fields can be looked at, whatever it is looked up by."""

import pytest

from weft.store.findings import GRACE_MS, Findings
from weft.store.kinds import KINDS
from weft.store.protocol import Change
from weft.store.records import Key, write
from weft.store.state import MergedState, indexed_paths

NAMED = [(kind.name, paths) for kind in KINDS.values() for paths in kind.unique]


@pytest.mark.parametrize(("kind", "paths"), NAMED, ids=[f"{kind}: {', '.join(paths)}" for kind, paths in NAMED])
def test_two_records_that_claim_one_thing_are_found(kind, paths):
    assert set(paths) & set(indexed_paths(kind))  # else it would take a look at every record
    flat = {path: "same" for path in paths if "[]." not in path}
    inner = {path.partition("[].")[2]: "same" for path in paths if "[]." in path}
    lists = {path.partition("[].")[0]: [inner] for path in paths if "[]." in path}
    state = MergedState()
    findings = Findings(state)
    for number, site in enumerate("ab", start=1):
        record = write(None, Key("fabric", kind, site), {**flat, **lists}, number << 16, site)
        state.apply(record)
        findings.watch([Change(record.key, None, record, number)], 0)
    found = findings.due(GRACE_MS)
    assert {(one.get("what"), one.get("id_of")) for one in found} == {("duplicate", "b")}
