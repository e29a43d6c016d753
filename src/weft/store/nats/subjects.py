"""Every stream and subject in a site's log: who writes it, who reads it.

STATE    st.<scope>.<kind>.<id>   merged records; written by the site's weftds, read by them and by peers
CLAIMS   cl.<pool>.<item>         locks on scarce items, in memory for 60 s; never leaves the site
MARKS    mk.<name>                what the log says of itself; never leaves the site
RUNTIME  rt.<site>.<node>.<key>   what nodes say of themselves, in memory; read by peers
(none)   weft.rpc.<verb>          requests that any node of the site may answer
(none)   weft.node.<node>.<verb>  requests to one node

Parts are encoded so that any text fits into one token of a subject: bytes other than letters, digits, "-"
and "_" become "=XX". Distinct texts give distinct tokens.
"""

import re
from functools import lru_cache

from weft.store.records import Key
from weft.store.writes import Claim

STATE = "STATE"
CLAIMS = "CLAIMS"
MARKS = "MARKS"
RUNTIME = "RUNTIME"

RPC = "weft.rpc."
HELLO = RPC + "hello"  # a site's own record: pull from me

READY_SUBJECT = "mk.ready"  # this log has lived before, see readiness.py
ANEW_SUBJECT = "mk.anew"  # whether and when the site started anew with it, see readiness.py

_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
_SAFE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_IN_ASCII = {byte: f"={byte:02X}" for byte in range(128) if _UNSAFE.match(bytes([byte]))}
_ESCAPED = re.compile(r"=([0-9A-F]{2})")


def token(text: str) -> str:
    """Return `text` as one subject token."""
    if _SAFE.fullmatch(text):
        return text
    if not text:
        return "=="
    if text.isascii():
        return text.translate(_IN_ASCII)
    return _UNSAFE.sub(lambda m: b"=%02X" % m[0][0], text.encode()).decode()


_known_token = lru_cache(maxsize=4096)(token)  # for what comes up again and again


def text_of(subject_token: str) -> str:
    """Return the text that `token` encoded. Raises ValueError (UnicodeDecodeError) for what it cannot have made."""
    if "=" not in subject_token and subject_token.isascii():
        return subject_token
    if subject_token == "==":
        return ""
    raw = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), subject_token)
    return raw.encode("latin-1").decode()


def subject_of_key(key: Key) -> str:
    """Return where a record lives in STATE."""
    return f"st.{_known_token(key.scope)}.{_known_token(key.kind)}.{token(key.id)}"


def key_of_subject(subject: str) -> Key:
    """Return which record lives at a subject of STATE. Raises ValueError."""
    _, scope, kind, id = subject.split(".")
    return Key(text_of(scope), text_of(kind), text_of(id))


def subject_of_claim(claim: Claim) -> str:
    """Return where a claim is taken in CLAIMS."""
    return f"cl.{_known_token(claim.pool)}.{token(claim.item)}"


def subject_of_value(site: str, node: str, key: str) -> str:
    """Return where a node's value lives in RUNTIME."""
    return f"rt.{token(site)}.{token(node)}.{token(key)}"
