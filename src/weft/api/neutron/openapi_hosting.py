"""OpenAPI paths of which agent hosts what, served by services/hosting.py."""

from typing import Any

from weft.api.neutron.services.hosting import HOSTS, ON_AGENTS, Schedule

Document = dict[str, Any]

NAMES = {"dhcp-agents": "DHCP agents", "l3-agents": "L3 agents"}


def hosting_paths() -> Document:
    """Return path → operations."""
    paths: Document = {}
    for name, schedule in ON_AGENTS.items():
        paths[f"/v2.0/agents/{{id}}/{name}"] = _hosted(schedule)
        paths[f"/v2.0/agents/{{id}}/{name}/{{{schedule.resource}_id}}"] = {
            "parameters": [_parameter("id"), _parameter(f"{schedule.resource}_id")],
            "delete": {
                "summary": f"Take a {schedule.resource} off an agent",
                "responses": {"204": {"description": "Gone"}},
            },
        }
    for (collection, name), resource in HOSTS.items():
        paths[f"/v2.0/{collection}/{{id}}/{name}"] = {
            "parameters": [_parameter("id")],
            "get": _list(f"List the {NAMES[name]} that host a {resource}", "agents"),
        }
    return paths


def _hosted(schedule: Schedule) -> Document:
    thing = schedule.resource
    body: Document = {
        "type": "object",
        "properties": {f"{thing}_id": {"type": "string", "format": "uuid"}},
        "required": [f"{thing}_id"],
    }
    return {
        "parameters": [_parameter("id")],
        "get": _list(f"List the {thing}s that an agent hosts", f"{thing}s"),
        "post": {
            "summary": f"Put a {thing} on an agent",
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"201": _json("It is on the agent", {"type": "null"})},
        },
    }


def _list(summary: str, collection: str) -> Document:
    many = {
        "type": "object",
        "properties": {collection: {"type": "array", "items": {"type": "object"}}},
        "required": [collection],
    }
    return {"summary": summary, "responses": {"200": _json("As asked", many)}}


def _json(description: str, schema: Document) -> Document:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _parameter(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
