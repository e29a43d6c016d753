"""OS-OAUTH1 consumers: their secret is told once, and never again."""

import pytest

PATH = "/OS-OAUTH1/consumers"


async def test_a_consumer_is_made_shown_changed_and_deleted(api):
    made = (await api("POST", PATH, {"consumer": {"description": "d", "colour": "red"}})).json()["consumer"]
    secret = made.pop("secret")
    own = f"{PATH}/{made['id']}"
    links = {"self": f"http://weft.test/identity/v3{own}"}
    assert made == {"id": made["id"], "description": "d", "colour": "red", "links": links}
    assert len(secret) == 32
    assert secret not in str(api.identity.store.state.get("consumer", made["id"]))
    assert (await api("GET", own)).json()["consumer"] == made
    assert (await api("GET", PATH)).json()["consumers"] == [made]
    changed = await api("PATCH", own, {"consumer": {"description": "other"}})
    assert changed.json()["consumer"] == {**made, "description": "other"}
    assert (await api("DELETE", own)).status_code == 204
    assert (await api("GET", own)).status_code == 404


@pytest.mark.parametrize("change", [{"secret": "mine"}, {}, {"description": 1}])
async def test_a_consumers_secret_is_not_the_clients_to_choose(api, change):
    made = (await api("POST", PATH, {"consumer": {}})).json()["consumer"]
    assert made["description"] is None
    assert (await api("PATCH", f"{PATH}/{made['id']}", {"consumer": change})).status_code == 400
