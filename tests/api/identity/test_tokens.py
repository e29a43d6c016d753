"""Tokens: what the box gives back, and what it refuses."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weft.api.caller import Unauthenticated
from weft.api.identity.tokens import Token, TokenBox, new_audit_id
from weft.commands.identity.directory import SYSTEM, UNSCOPED, Scope

BOX = TokenBox(b"k" * 32)
IDS = st.one_of(st.uuids().map(lambda id: id.hex), st.text(min_size=1, max_size=64), st.sampled_from(["default", "7E"]))
SCOPES = st.one_of(
    st.just(UNSCOPED),
    st.just(SYSTEM),
    IDS.map(lambda id: Scope("project", id)),
    IDS.map(lambda id: Scope("domain", id)),
)


METHODS = [("password",), ("password", "token"), ("application_credential",)]
LIMITS = st.one_of(st.just(""), IDS)


@given(
    user_id=IDS,
    scope=SCOPES,
    methods=st.sampled_from(METHODS),
    audits=st.integers(1, 2),
    limits=st.tuples(LIMITS, LIMITS),
)
def test_a_token_says_what_was_put_in(user_id, scope, methods, audits, limits):
    token = Token(user_id, scope, methods, 1, 2, tuple(new_audit_id() for _ in range(audits)), *limits)
    assert BOX.open(BOX.seal(token)) == token


def test_a_token_is_short_enough_for_those_who_store_it():
    token = Token("a" * 32, Scope("project", "b" * 32), ("password", "token"), 2**41, 2**41, (new_audit_id(),) * 2)
    assert len(BOX.seal(token)) < 255
    limited = msgspec.structs.replace(token, audit_ids=(new_audit_id(),), application_credential_id="c" * 32)
    assert len(BOX.seal(limited)) < 255


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-4],
        lambda text: "A" + text[1:],
        lambda text: text + "AAAA",
        lambda text: "é",
        lambda text: "x",
    ],
    ids=["cut short", "first letter changed", "longer", "not ASCII", "nonsense"],
)
def test_a_spoilt_token_opens_nothing(spoil):
    token = Token("a" * 32, UNSCOPED, ("password",), 1, 2, (new_audit_id(),))
    with pytest.raises(Unauthenticated):
        BOX.open(spoil(BOX.seal(token)))


def test_another_fabric_cannot_read_it():
    token = Token("a" * 32, UNSCOPED, ("password",), 1, 2, (new_audit_id(),))
    with pytest.raises(Unauthenticated):
        TokenBox(b"other" * 8).open(BOX.seal(token))
