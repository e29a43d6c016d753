"""How the members of a Keystone body are checked, and what is said when they are wrong.

A resource's members are data (`resources.py`); the words are those of the JSON schemas of Keystone 30
(`keystone/api/validation/validators.py`), so that clients' tests of messages find what they look for.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from weft.model import Invalid

MALFORMED = (
    " The server could not comply with the request since it is either malformed or otherwise incorrect."
    " The client is assumed to be in error."
)
VALUE_LENGTH_TOLD_MAX = 300  # of a wrong value, in the answer
EXTRA_BYTES_MAX = 32 * 1024  # Keystone keeps what it does not know; so do we, to a point
DEPTH_MAX = 8  # of lists and objects in a value; a record holds no more than 16
INTEGER_MAX = 2**63 - 1  # likewise

Type = Literal["string", "boolean", "integer", "object", "array"]
_PYTHON: dict[str, type | tuple[type, ...]] = {
    "string": str, "boolean": bool, "integer": int, "object": dict, "array": list,
}  # fmt: skip


class BadBody(Invalid):
    """The body is no JSON, or not what this call takes."""

    code = "bad_body"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One member: a JSON type and its bounds."""

    type: Type = "string"
    nullable: bool = False
    length_min: int = 0
    length_max: int | None = None
    pattern: str = ""
    one_of: tuple[str, ...] = ()
    items: "Field | None" = None
    distinct: bool = False
    minimum: int | None = None
    members: tuple[str, ...] = ()  # of an object: these and no others
    secret: bool = False  # never repeated in an answer
    fixed: bool = False  # given at the start or never; an update may only repeat it

    @property
    def schema(self) -> dict[str, Any]:
        """Return the field as JSON schema, for the OpenAPI document."""
        schema: dict[str, Any] = {"type": [self.type, "null"] if self.nullable else self.type}
        if self.one_of:
            schema["enum"] = list(self.one_of)
        for name, value in (("pattern", self.pattern), ("minimum", self.minimum)):
            if value not in ("", None):
                schema[name] = value
        bounds = ("minLength", "maxLength") if self.type == "string" else ("minItems", "maxItems")
        for name, bound in zip(bounds, (self.length_min or None, self.length_max), strict=True):
            if bound is not None:
                schema[name] = bound
        if self.items is not None:
            schema["items"] = self.items.schema
        return schema


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What the body of one kind of resource holds."""

    member: str  # {"project": {…}}
    fields: Mapping[str, Field]
    required: tuple[str, ...] = ("name",)
    extra: bool = True  # unknown members are kept and shown again, as in Keystone
    empty_change: bool = True  # an update that changes nothing is fine


def checked_body(raw: Any, spec: Spec, *, creating: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (what we know, the rest) of `raw[spec.member]`. Raises BadBody, in Keystone's words."""
    if not isinstance(raw, dict):
        raise BadBody(f"Expecting to find valid JSON in request body.{MALFORMED}")
    for name in raw:
        if name != spec.member:
            raise BadBody(f"Additional properties are not allowed ({name[:255]!r} was unexpected)")
    if spec.member not in raw:
        raise BadBody(f"{spec.member!r} is a required property")
    given = raw[spec.member]
    if not isinstance(given, dict):
        raise wrong(spec.member, given, f"{_shown(given)} is not of type 'object'")
    if not given and not creating and not spec.empty_change:
        raise wrong(spec.member, given, "{} should be non-empty")
    for name in spec.required if creating else ():
        if name not in given:
            raise wrong(spec.member, _without_secrets(given, spec), f"{name!r} is a required property")
    known = {name: value for name, value in given.items() if name in spec.fields}
    for name, value in known.items():
        check(name, value, spec.fields[name])
    extra = {name: value for name, value in given.items() if name not in spec.fields and name not in ("id", "links")}
    if extra and not spec.extra:
        raise BadBody(f"Additional properties are not allowed ({next(iter(extra))[:255]!r} was unexpected)")
    for name, value in given.items():
        _require_keepable(name, value, DEPTH_MAX)
    if len(msgspec.json.encode(extra)) > EXTRA_BYTES_MAX:
        raise BadBody(f"Additional properties are too large: at most {EXTRA_BYTES_MAX} bytes are kept.")
    return known, extra


def check(name: str, value: Any, field: Field) -> None:
    """Return if `value` fits. Raises BadBody."""
    if value is None and field.nullable:
        return
    what = "" if field.secret else _shown(value)
    if not isinstance(value, _PYTHON[field.type]) or (field.type == "integer" and isinstance(value, bool)):
        raise wrong(name, what, f"{what} is not of type {field.type!r}".lstrip())
    if field.one_of and value not in field.one_of:
        raise wrong(name, value, f"{what} is not one of {list(field.one_of)!r}")
    if (
        isinstance(value, dict)
        and field.members
        and (strangers := [each for each in value if each not in field.members])
    ):
        raise wrong(name, value, f"Additional properties are not allowed ({strangers[0]!r} was unexpected)")
    if isinstance(value, str):
        if not is_text(value):
            raise wrong(name, "", "it holds half a surrogate pair")
        if len(value) < field.length_min:
            raise wrong(name, what and value, f"{what} should be non-empty" if not value else f"{what} is too short")
        if field.length_max is not None and len(value) > field.length_max:
            raise wrong(name, what and value, f"{what} is too long".lstrip())
        if field.pattern and not re.search(field.pattern, value):
            raise wrong(name, what and value, f"{what} does not match {field.pattern!r}".lstrip())
    if field.minimum is not None and isinstance(value, int) and value < field.minimum:
        raise wrong(name, value, f"{value} is less than the minimum of {field.minimum}")
    if isinstance(value, list):
        _check_items(name, value, field)


def wrong(name: str, value: Any, why: str) -> BadBody:
    """Return the refusal of one member."""
    return BadBody(f"Invalid input for field/attribute {name}. Value: {str(value)[:VALUE_LENGTH_TOLD_MAX]}. {why}")


def is_text(value: str) -> bool:
    """Whether `value` can be written as UTF-8: JSON can spell what cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _require_keepable(name: str, value: Any, depth: int) -> None:
    """Raise BadBody for what no record can hold, and other sites would refuse."""
    if depth < 0:
        raise wrong(name[:255], "", "it is nested too deep")
    if isinstance(value, int) and abs(value) > INTEGER_MAX:
        raise wrong(name[:255], "", "it is too large a number")
    inner = value if isinstance(value, list) else (*value, *value.values()) if isinstance(value, dict) else ()
    for each in (name, value, *inner):
        if isinstance(each, str) and not is_text(each):
            raise wrong("", "", "it holds half a surrogate pair")
    for each in inner:
        _require_keepable(name, each, depth - 1)


def _check_items(name: str, value: list[Any], field: Field) -> None:
    if field.length_max is not None and len(value) > field.length_max:
        raise wrong(name, "", "the list is too long")
    if field.distinct and len({msgspec.json.encode(each) for each in value}) != len(value):
        raise wrong(name, _shown(value), f"{_shown(value)} has non-unique elements")
    for each in value if field.items is not None else ():
        assert field.items is not None
        check(name, each, field.items)


def _without_secrets(given: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    return {name: value for name, value in given.items() if not (name in spec.fields and spec.fields[name].secret)}


def _shown(value: Any) -> str:
    return repr(value)[:VALUE_LENGTH_TOLD_MAX]
