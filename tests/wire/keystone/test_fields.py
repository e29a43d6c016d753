"""How the members of a body are checked, and what is said of wrong ones."""

import pytest

from weft.wire.keystone.fields import BadBody, checked_body
from weft.wire.keystone.resources import APPLICATION_CREDENTIAL, PROJECT, USER


@pytest.mark.parametrize(
    ("why", "spec", "body", "says"),
    [
        ("no object", USER, [], "Expecting to find valid JSON in request body."),
        ("nothing in it", USER, {}, "'user' is a required property"),
        ("a stranger beside it", USER, {"user": {}, "x": 1}, "('x' was unexpected)"),
        ("no object within", USER, {"user": 7}, "Invalid input for field/attribute user. Value: 7."),
        ("nothing required", USER, {"user": {}}, "Value: {}. 'name' is a required property"),
        ("a number", USER, {"user": {"name": 7}}, "attribute name. Value: 7. 7 is not of type 'string'"),
        ("empty", PROJECT, {"project": {"name": ""}}, "Value: . '' should be non-empty"),
        ("blank", PROJECT, {"project": {"name": " "}}, "does not match '[\\\\S]+'"),
        ("too long", PROJECT, {"project": {"name": "x" * 65}}, "is too long"),
        ("no flag", USER, {"user": {"name": "a", "enabled": "yes"}}, "'yes' is not of type 'boolean'"),
        ("tags twice", PROJECT, {"project": {"name": "a", "tags": ["b", "b"]}}, "has non-unique elements"),
        ("a comma in a tag", PROJECT, {"project": {"name": "a", "tags": ["b,c"]}}, "does not match"),
        ("half a surrogate", USER, {"user": {"name": "\ud800"}}, "half a surrogate pair"),
        ("within the unknown", USER, {"user": {"name": "a", "x": {"\udfff": 1}}}, "half a surrogate pair"),
        ("strangers here", APPLICATION_CREDENTIAL, {"application_credential": {"name": "a", "x": 1}}, "'x' was unexp"),
    ],
)
def test_what_is_wrong_is_named(why, spec, body, says):
    with pytest.raises(BadBody) as err:
        checked_body(body, spec, creating=True)
    assert says in str(err.value), why


@pytest.mark.parametrize("password", [7, ["hunter2"], {"hunter2": 1}])
def test_a_password_is_never_repeated(password):
    for body in ({"name": "a", "password": password}, {"password": password}):
        with pytest.raises(BadBody) as err:
            checked_body({"user": body}, USER, creating=True)
        assert "hunter2" not in str(err.value)


def test_known_and_unknown_members_are_told_apart():
    known, extra = checked_body({"user": {"name": "a", "email": None, "x": 1, "id": "i"}}, USER, creating=True)
    assert (known, extra) == ({"name": "a", "email": None}, {"x": 1})
