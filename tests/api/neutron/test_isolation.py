"""No project sees, changes or guesses what is another's: every resource of the table, so new ones are covered."""

import uuid

import httpx
import pytest

from tests.api.neutron.callers import CALLERS
from tests.api.neutron.samples import RECORDED, is_owned, sample_id, sample_value, write_samples
from weft.api.neutron.resource import Resource
from weft.store.kinds import KINDS
from weft.wire.neutron.attributes import REQUIRED

HERS, HIS = CALLERS["carol"].project_id, CALLERS["dave"].project_id
OWNED = [resource for resource in RECORDED if is_owned(resource)]
BY_NAME = {resource.name: resource for resource in RECORDED}
STRANGER = str(uuid.UUID(int=7))  # names nothing


@pytest.fixture(autouse=True)
async def samples(store) -> None:
    await write_samples(store, HERS)
    await write_samples(store, HIS)


def each_of(resources: list[Resource]):
    return pytest.mark.parametrize("resource", resources, ids=lambda resource: resource.name)


def path_of(resource: Resource, project: str) -> str:
    """Return the path of the collection; of a part, below the project's sample of the whole."""
    if resource.parent is None:
        return f"/v2.0/{resource.url_path}"
    whole = BY_NAME[resource.parent.name]
    return f"{path_of(whole, project)}/{sample_id(whole.record_kind, project)}/{resource.url_path}"


def told(answer: httpx.Response, id: str) -> tuple[int, str]:
    """Return what a refusal says, without the ID that it is about."""
    return answer.status_code, answer.text.replace(id, "ID").replace(STRANGER, "ID")


ADMINISTRATORS_ONLY = {"log"}  # says Neutron's policy


@each_of(OWNED)
async def test_an_administrator_sees_both_and_she_sees_hers(admin, carol, resource):
    path, id = path_of(resource, HERS), sample_id(resource.record_kind, HERS)
    if "list" in resource.verbs and "id" in resource.by_name:
        for client in (admin, carol):
            [listed] = (await client.get(f"{path}?fields=id")).json().values()
            may_list = client is admin or resource.name not in ADMINISTRATORS_ONLY
            assert ({"id": id} in listed) == may_list
    if "show" in resource.verbs and "id" in resource.by_name:
        assert (await admin.get(f"{path}/{id}")).status_code == 200


@each_of([resource for resource in OWNED if resource.parent is None and "list" in resource.verbs])
async def test_lists_hold_ones_own_only(dave, resource):
    path, hers = path_of(resource, HIS), sample_id(resource.record_kind, HERS)
    asked = {"id": [hers, f"{hers}&id={STRANGER}"], "project_id": [HERS]}
    known = {name: values for name, values in asked.items() if name in resource.by_name}
    filters = [(name, value) for name, values in known.items() if resource.by_name[name].filter for value in values]
    for query in ("", *(f"?{name}={value}" for name, value in filters)):
        answer = await dave.get(f"{path}{query}")
        assert answer.status_code == 200, answer.text
        assert hers not in answer.text
    paged = await dave.get(f"{path}?limit=1&marker={hers}")
    guess = await dave.get(f"{path}?limit=1&marker={STRANGER}")
    assert told(paged, hers) == told(guess, hers)


@each_of(OWNED)
async def test_what_is_hers_is_as_if_it_were_not_there(dave, resource):
    hers = sample_id(resource.record_kind, HERS)
    path = path_of(resource, HERS)
    lost = path.replace(sample_id(_whole(resource), HERS), STRANGER)
    attempts = [("GET", "", None)] if "show" in resource.verbs else []
    if "delete" in resource.verbs:
        attempts.append(("DELETE", "", None))
    if "update" in resource.verbs:
        attempts.append(("PUT", "", {resource.name: {}}))
        attempts += [("PUT", "", {resource.name: {a.name: sample_value(a)}}) for a in resource.attributes if a.put]
    if "tags" in resource.by_name:
        attempts += [("GET", "/tags", None), ("PUT", "/tags", {"tags": ["x"]}), ("DELETE", "/tags/x", None)]
    for name, action in resource.actions.items():
        attempts.append((action.method, f"/{name}", {}))
    for method, below, body in attempts:
        answer = await dave.request(method, f"{path}/{hers}{below}", json=body)
        guess = await dave.request(method, f"{lost}/{STRANGER}{below}", json=body)
        assert answer.status_code in (404, 400), (method, below, answer.text)
        about = sample_id(_whole(resource), HERS)
        assert told(answer, about) == told(guess, about), (method, below, body)


def _whole(resource: Resource) -> str:
    return (BY_NAME[resource.parent.name] if resource.parent is not None else resource).record_kind


def references(resource: Resource, flag: str) -> list[str]:
    """Return the attributes of a body that name other objects."""
    owned = {other.record_kind for other in OWNED}
    fields = {path for path, target in KINDS[resource.record_kind].refers if target in owned}
    return [a.name for a in resource.attributes if getattr(a, flag) and a.key in fields]


@each_of([resource for resource in OWNED if "create" in resource.verbs and references(resource, "post")])
async def test_naming_hers_in_a_create_is_naming_nothing(dave, resource):
    given = {a.name: sample_value(a) for a in resource.attributes if a.post and a.default is REQUIRED}
    await _naming(dave, "POST", path_of(resource, HIS), resource, given, references(resource, "post"))


@each_of([resource for resource in OWNED if "update" in resource.verbs and references(resource, "put")])
async def test_naming_hers_in_an_update_is_naming_nothing(dave, resource):
    path = f"{path_of(resource, HIS)}/{sample_id(resource.record_kind, HIS)}"
    await _naming(dave, "PUT", path, resource, {}, references(resource, "put"))


async def _naming(dave, method: str, path: str, resource: Resource, given: dict, names: list[str]) -> None:
    targets = dict(KINDS[resource.record_kind].refers)
    kinds = {name: targets[resource.by_name[name].key] for name in names}
    own = {name: sample_id(kind, HIS) for name, kind in kinds.items() if name in given}
    for name, kind in kinds.items():
        hers = sample_id(kind, HERS)
        answer = await dave.request(method, path, json={resource.name: {**given, **own, name: hers}})
        guess = await dave.request(method, path, json={resource.name: {**given, **own, name: STRANGER}})
        assert answer.status_code >= 400 or hers not in answer.text, (name, answer.text)
        assert told(answer, hers) == told(guess, hers), name


NESTED = [  # references inside of values: what, attribute, value with an ID, kind that it names
    ("ports", "port", "security_groups", lambda id: [id], "security_group"),
    ("ports", "port", "fixed_ips", lambda id: [{"subnet_id": id}], "subnet"),
    ("trunks", "trunk", "sub_ports", lambda id: [{"port_id": id}], "port"),
    ("routers", "router", "external_gateway_info", lambda id: {"network_id": id}, "network"),
]


@pytest.mark.parametrize(("path", "name", "attribute", "value", "kind"), NESTED, ids=[case[2] for case in NESTED])
async def test_naming_hers_inside_of_a_value_is_naming_nothing(dave, path, name, attribute, value, kind):
    whole = {"port": {"network_id": sample_id("network", HIS)}, "trunk": {"port_id": sample_id("port", HIS)}}
    hers = sample_id(kind, HERS)
    answer, guess = [
        await dave.post(f"/v2.0/{path}", json={name: {**whole.get(name, {}), attribute: value(id)}})
        for id in (hers, STRANGER)
    ]
    assert answer.status_code >= 400
    assert told(answer, hers) == told(guess, hers)
