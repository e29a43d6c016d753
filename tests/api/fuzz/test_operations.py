"""Every operation of the OpenAPI document, asked thousands of things that it was not made for.

The answer is always a documented one, in a documented form, and never an accident. `make fuzz SEED=7 EXAMPLES=500`
asks other things, and more of them.
"""

import os
import re
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from weft.api.openapi import openapi_document

from .cloud import Cloud

pytestmark = [pytest.mark.fuzz, pytest.mark.filterwarnings("ignore")]  # the generator's worries are not ours

EXAMPLES = int(os.environ.get("EXAMPLES") or 24)  # per operation that writes; those that read get a third
SEED = int(os.environ.get("SEED") or 1)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ASKS_THE_NODE = ("/weft/v1/nodes/{node}/plan", "/weft/v1/nodes/{node}/plan/diff")  # and none runs here: 503
TOLD_MAX = 3  # problems of one operation that a failure tells

CALLERS = st.sampled_from(["admin"] * 6 + ["member"] * 3 + ["reader", "nobody"])
DOCUMENT = openapi_document()
OPERATIONS = {found.ok().label: found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()}


def test_every_operation_is_asked():
    methods = ("get", "head", "post", "put", "patch", "delete")
    documented = [method for item in DOCUMENT["paths"].values() for method in item if method in methods]
    assert len(OPERATIONS) == len(documented)


def test_what_takes_no_body_reads_none(cloud: Cloud):
    """Whatever reads one is described as taking one, so that it is asked with all sorts of them."""
    without = [
        (method, path)
        for path, item in DOCUMENT["paths"].items()
        for method in ("post", "put", "patch")
        if method in item and "requestBody" not in item[method]
    ]
    assert without
    headers = {"X-Auth-Token": cloud.tokens["admin"], "Content-Type": "application/json"}
    for method, path in without:
        names = re.findall(r"{(\w+)}", path)
        url = cloud.url + path.format(**cloud.in_path(path, dict.fromkeys(names, "x")))
        answer = cloud.session.request(method, url, data=b"{", headers=headers, timeout=10)
        assert answer.status_code != HTTPStatus.BAD_REQUEST, (method, path, answer.text)


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_is_asked_the_answer_is_documented(cloud: Cloud, label: str):
    operation = OPERATIONS[label]
    asked = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )
    examples = EXAMPLES if operation.method in ("post", "put", "patch") else max(EXAMPLES // 3, 1)
    problems: list[str] = []

    @seed(SEED)
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=asked, caller=CALLERS)
    def ask(case: schemathesis.Case, caller: str) -> None:
        if problem := problem_of(cloud, case, caller):
            problems.append(problem)

    ask()
    assert not problems, "\n\n".join(problems[:TOLD_MAX])


def problem_of(cloud: Cloud, case: schemathesis.Case, caller: str) -> str:
    """Ask, and return what is wrong with the answer, or ""."""
    if isinstance(case.path_parameters, dict):
        case.path_parameters = cloud.in_path(case.operation.path, case.path_parameters)
    if isinstance(case.body, dict):
        case.body = cloud.in_body(case.body)
    case.headers["X-Auth-Token"] = cloud.tokens[caller]
    answer = case.call(base_url=cloud.url, session=cloud.session, timeout=10)
    surprises, cloud.surprises[:] = list(cloud.surprises), []
    is_away = case.operation.path in ASKS_THE_NODE and answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    try:
        case.validate_response(answer, checks=CHECKS[1:] if is_away else CHECKS)
    except FailureGroup as group:
        surprises += [str(failure) for failure in group.exceptions] + [answer.text[:500]]
    if not surprises:
        return ""
    return "\n".join([f"as {caller}: {case.as_curl_command(headers=_without_token(case))}", *surprises])


def _without_token(case: schemathesis.Case) -> dict[str, Any]:
    return {**case.headers, "X-Auth-Token": "..."}
