"""The types of attributes: what they take, what they make of it, what they say against it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from weft.api.neutron.resources import RESOURCES
from weft.wire.neutron import types
from weft.wire.neutron.attributes import BadValue


@pytest.mark.parametrize("word", [True, "true", "True", "1", "on", "YES", "t", " y "])
def test_truth(word):
    assert types.to_boolean(word) is True


@pytest.mark.parametrize("word", [False, "false", "0", 0, "off", "no", "F"])
def test_falsehood(word):
    assert types.to_boolean(word) is False


@pytest.mark.parametrize("word", ["", "perhaps", None, 2, [], {}])
def test_neither(word):
    with pytest.raises(BadValue, match="cannot be converted to boolean"):
        types.to_boolean(word)


@pytest.mark.parametrize("value", [float("inf"), "1.5", None, [], "x"])
def test_no_integer(value):
    with pytest.raises(BadValue, match="is not an integer"):
        types.to_int(value)


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        ("web", True),
        ("", True),
        ("two words", True),
        ("Größe 💥", True),
        (" web", False),
        ("web ", False),
        ("a\nb", False),
        ("a\x00b", False),
        ("x" * 255, True),
        ("x" * 256, False),
        (5, False),
        (None, False),
    ],
)
def test_names(name, is_fine):
    assert (types.name_problem(name) is None) == is_fine


@given(st.uuids())
def test_uuids_in_any_spelling(uuid):
    for spelling in (str(uuid), uuid.hex, str(uuid).upper(), f"{{{uuid}}}", uuid.urn):
        assert types.uuid_problem(spelling) is None


@pytest.mark.parametrize("value", ["", "x", "1" * 31, "1" * 33, 5, None, "g" * 32])
def test_what_is_no_uuid(value):
    assert types.uuid_problem(value) == f"'{value}' is not a valid UUID"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_attribute_is_described_by_a_valid_schema_and_named_once(resource):
    names = [attribute.name for attribute in resource.attributes]
    assert len(names) == len(set(names))
    for attribute in resource.attributes:
        Draft202012Validator.check_schema(dict(attribute.type.schema))
