"""OpenAPI paths of tags: `…/{id}/tags` and `…/{id}/tags/{tag}`, served by tags.py."""

from typing import Any

from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.types import TAG_LENGTH

Document = dict[str, Any]

TAG: Document = {"type": "string", "minLength": 1, "maxLength": TAG_LENGTH}


def tag_paths(path: str, name: str, attribute: Attribute, id_parameter: Document) -> Document:
    """Return path → operations for the tags of what is served at `path`; `name` is one such object's."""
    tags: Document = {
        "type": "object",
        "properties": {"tags": attribute.type.schema},
        "required": ["tags"],
        "additionalProperties": False,
    }
    content = {"application/json": {"schema": tags}}
    answer = {"200": {"description": "Its tags", "content": content}}
    body = {"required": True, "content": content}
    gone = {"204": {"description": "Gone"}}
    tag = {"name": "tag", "in": "path", "required": True, "schema": TAG}
    return {
        f"{path}/tags": {
            "parameters": [id_parameter],
            "get": {"summary": f"List a {name}'s tags", "responses": answer},
            "head": {"summary": f"List a {name}'s tags, of which only the headers", "responses": _bare("200")},
            "post": {"summary": f"Add to a {name}'s tags", "requestBody": body, "responses": answer},
            "put": {"summary": f"Replace a {name}'s tags", "requestBody": body, "responses": answer},
            "delete": {"summary": f"Remove a {name}'s tags", "responses": gone},
        },
        f"{path}/tags/{{tag}}": {
            "parameters": [id_parameter, tag],
            "get": {"summary": f"Tell whether a {name} has a tag", "responses": _bare("204")},
            "head": {"summary": f"Tell whether a {name} has a tag, as GET does", "responses": _bare("204")},
            "put": {"summary": f"Add a tag to a {name}", "responses": {"201": {"description": "It has the tag"}}},
            "delete": {"summary": f"Remove a tag from a {name}", "responses": gone},
        },
    }


def _bare(status: str) -> Document:
    return {status: {"description": "So it is"}}
