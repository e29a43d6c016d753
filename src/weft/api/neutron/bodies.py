"""Request bodies: from JSON to the values a command's request is made of. Texts: neutron, api/v2/base.py."""

from collections.abc import Mapping
from typing import Any

import msgspec

from weft.api.caller import Caller
from weft.api.neutron.policy import rights_of
from weft.api.neutron.resource import Resource
from weft.wire.neutron.attributes import REQUIRED, Attribute, BadRequest

MAX_BULK = 1000  # records that the site's log takes in one commit

Item = dict[str, Any]  # attribute name → converted, checked value

_decode = msgspec.json.Decoder().decode


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object in `body`. Raises BadRequest."""
    try:
        document = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("Body contains invalid data") from None
    if not isinstance(document, dict):
        raise BadRequest("Body contains invalid data")
    return document


def read_create(resource: Resource, body: bytes, caller: Caller) -> tuple[list[Item], bool]:
    """Return the objects to create, and whether they came in bulk. Raises BadRequest, BadValue."""
    document = read_json(body) if body else {}
    _refuse_empty(resource, document)
    if not _is_bulk(resource, document):
        return [_read_new(resource, _inner(resource, document), caller)], False
    if not resource.bulk:
        raise BadRequest("Bulk operation not supported")
    entries = document[resource.collection]
    if not entries:
        raise BadRequest("Resources required")
    if not isinstance(entries, list):
        raise BadRequest(f"Object '{resource.name}' contains invalid data")
    if len(entries) > MAX_BULK:
        raise BadRequest(f"At most {MAX_BULK} {resource.collection} can be created at once, these are {len(entries)}")
    items = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise BadRequest(f"Object '{resource.name}' contains invalid data")
        inner = _inner(resource, entry) if resource.name in entry else entry
        items.append(_read_new(resource, inner, caller))
    return items, True


def read_update(resource: Resource, body: bytes, caller: Caller) -> Item:
    """Return the attributes to change. Raises BadRequest, BadValue."""
    document = read_json(body)
    _refuse_empty(resource, document)
    if _is_bulk(resource, document):
        raise BadRequest("Bulk operation not supported")
    given = _inner(resource, document)
    known = resource.by_name
    _settle_project(given, caller)
    _refuse_unknown(given, known)
    for name in given:
        if not known[name].put:
            raise BadRequest(f"Cannot update read-only attribute {_as_told(name)}")
    return _convert(given, known)


def request_values(item: Item, known: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return an item's values under the names that commands and records use."""
    return {known[name].key: value for name, value in item.items()}


def _refuse_empty(resource: Resource, document: dict[str, Any]) -> None:
    """Refuse a body that says nothing. Neutron's core and its extensions have words of their own for it."""
    if not document:
        is_core = resource.name in ("network", "subnet", "port")
        raise BadRequest(f"Unable to find '{resource.name}' in request body" if is_core else "Resource body required")


def _is_bulk(resource: Resource, document: dict[str, Any]) -> bool:
    """Tell whether objects come in a list: some resources have the same name for one as for several."""
    many = document.get(resource.collection)
    return resource.collection in document and not (resource.name == resource.collection and isinstance(many, dict))


def _inner(resource: Resource, document: dict[str, Any]) -> Item:
    inner = document.get(resource.name)
    if inner is None:
        raise BadRequest(f"Unable to find '{resource.name}' in request body")
    if not isinstance(inner, dict):
        raise BadRequest(f"Object '{resource.name}' contains invalid data")
    return dict(inner)


def _read_new(resource: Resource, given: Item, caller: Caller) -> Item:
    known = resource.by_name
    _settle_project(given, caller)
    if "project_id" in known and "project_id" not in given:
        if caller.project_id is None:
            raise BadRequest("Running without keystone AuthN requires that project_id is specified")
        given["project_id"] = caller.project_id
    _refuse_unknown(given, known)
    for attribute in resource.attributes:
        if attribute.name in given:
            if not attribute.post:
                raise BadRequest(f"Attribute '{attribute.name}' not allowed in POST")
        elif attribute.post and attribute.default is REQUIRED:
            raise BadRequest(f"Failed to parse request. Required attribute '{attribute.name}' not specified")
    return _convert(given, known)


def _settle_project(given: Item, caller: Caller) -> None:
    """Leave the owner under `project_id` only, and refuse to act for others than one's own."""
    tenant_id = given.pop("tenant_id", None)
    if tenant_id is not None and given.setdefault("project_id", tenant_id) != tenant_id:
        raise BadRequest("'project_id' and 'tenant_id' do not match")
    acts_for_others = "project_id" in given and given["project_id"] != caller.project_id
    if acts_for_others and not rights_of(caller).names_projects:
        raise BadRequest(
            "Specifying 'project_id' other than the authenticated project in request is not allowed for the "
            "current user."
        )


def _refuse_unknown(given: Item, known: Mapping[str, Attribute]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise BadRequest(f"Unrecognized attribute(s) '{', '.join(unknown)}'")


def _convert(given: Item, known: Mapping[str, Attribute]) -> Item:
    converted: Item = {}
    for name, value in given.items():
        kind = known[name].type
        value = kind.convert(value)
        problem = kind.problem(value)
        if problem is not None:
            raise BadRequest(f"Invalid input for {_as_told(name)}. Reason: {problem}.")
        converted[name] = value
    return converted


def _as_told(name: str) -> str:
    """Return an attribute's name as Neutron's messages have it."""
    return "tenant_id" if name == "project_id" else name
