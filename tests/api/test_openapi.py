"""The document of the whole API: valid, complete, and checked in as it is."""

import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator

from weft.api.openapi import METHODS, encoded, openapi_document

ROOT = Path(__file__).parents[2]
DOCUMENT = openapi_document()


def test_the_checked_in_document_is_current():
    current = (ROOT / "openapi.json").read_bytes()
    assert current == encoded(DOCUMENT), "run `.venv/bin/python -m weft.api.openapi > openapi.json`"


def test_every_dialect_is_there():
    for path in ("/identity/v3/auth/tokens", "/v2.0/ports/{id}", "/weft/v1/receipts/{receipt}"):
        assert path in DOCUMENT["paths"]


def test_operations_are_told_apart_and_told():
    ids = []
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                ids.append(operation["operationId"])
                assert operation["summary"], (method, path)
                assert operation["responses"], (method, path)
    assert len(ids) == len(set(ids))


def test_path_parameters_are_declared():
    for path, item in DOCUMENT["paths"].items():
        wanted = set(re.findall(r"{(\w+)}", path))
        shared = {each["name"] for each in item.get("parameters", ()) if each["in"] == "path"}
        for method in METHODS:
            if method in item:
                own = {each["name"] for each in item[method].get("parameters", ()) if each["in"] == "path"}
                assert shared | own == wanted, (method, path)


def test_schemas_are_schemas_and_references_lead_somewhere():
    checked = set()  # most are written in many places

    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                where = DOCUMENT
                for step in node["$ref"].removeprefix("#/").split("/"):
                    where = where[step]
            if "schema" in node and isinstance(node["schema"], dict):
                written = json.dumps(node["schema"], sort_keys=True)
                if written not in checked:
                    Draft202012Validator.check_schema(node["schema"])
                    checked.add(written)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(DOCUMENT)
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
