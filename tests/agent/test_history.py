"""Steps back through the last plans."""

from hypothesis import given
from hypothesis import strategies as st

from weft.agent.history import PlanHistory
from weft.model import NodeId
from weft.plan import FloodEntry, NodePlan

_tables = st.dictionaries(
    st.integers(1, 4), st.builds(FloodEntry, st.sampled_from([("tapa",), ("tapb",)]), st.just(()))
)


def plan(revision: int, flood: dict[int, FloodEntry]) -> NodePlan:
    return NodePlan(NodeId("a1"), revision, None, {}, {}, {}, flood, {}, {}, {})


@given(st.lists(_tables, min_size=1, max_size=9))
def test_remembers_the_last_plans_exactly(tables: list[dict[int, FloodEntry]]) -> None:
    history = PlanHistory(limit=4)
    plans: list[NodePlan] = []
    for revision, flood in enumerate(tables, 1):
        newest = plan(revision, flood)
        history.add(newest)
        if plans and plans[-1].flood == flood:  # nothing but the revision: it takes the other's place
            plans.pop()
        plans.append(newest)
    assert history.revisions() == [each.revision for each in plans[-4:]]
    for each in plans[-4:]:
        assert history.plan(each.revision) == each
    assert history.plan() == plans[-1]
    for each in plans[:-4]:
        assert history.plan(each.revision) is None
