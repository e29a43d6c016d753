"""Tokens: sealed notes that say who, in which scope and until when, readable by every site.

A token is a Fernet box (AES-128-CBC + HMAC-SHA256) under a key that all sites derive from the fabric secret, so
a site can check one that another site issued without asking anybody. It carries no roles: those, and whether
user and scope still exist and are enabled, are looked up in the merged state each time (`check.py`). The
format is ours; clients treat tokens as opaque. Why: docs/design/0007-identity.md.
"""

import base64
import secrets
from functools import lru_cache

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from weft.api.caller import Unauthenticated
from weft.commands.identity.directory import UNSCOPED, Scope

REMEMBERED_MAX = 1024  # tokens; clients send the same one again and again

_FORMATS = (1, 2)  # 2: made with an application credential or a trust; a version that knows only 1 must refuse it
_SCOPE_KINDS = ("none", "project", "domain", "system")  # order is part of the format
_METHODS = ("password", "token", "application_credential")  # likewise


class Token(msgspec.Struct, frozen=True):
    """What a token says."""

    user_id: str
    scope: Scope
    methods: tuple[str, ...]
    issued_at_ms: int
    expires_at_ms: int
    audit_ids: tuple[str, ...]  # its own, and that of the first token of the chain if it was made from another
    application_credential_id: str = ""  # it gives what this one gives, and no longer than it exists
    trust_id: str = ""  # likewise

    @property
    def audit_id(self) -> str:
        """Names the token without being one: safe to log and to keep in a revocation record."""
        return self.audit_ids[0]


class _Sealed(msgspec.Struct, array_like=True):
    """The box's content, small: a token should stay under 255 characters, as in Keystone."""

    format: int
    user_id: bytes
    scope_kind: int
    scope_id: bytes
    methods: int  # bit per method
    issued_at_ms: int
    expires_at_ms: int
    audit_ids: list[bytes]
    application_credential_id: bytes = b""
    trust_id: bytes = b""


class TokenBox:
    """Seals and opens tokens. Pure but for the random IV; holds the derived key only."""

    def __init__(self, fabric_secret: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(fabric_secret, "weft tokens 1")))
        # What a text says never changes; whether it still holds is asked each time, elsewhere.
        self._opened = lru_cache(maxsize=REMEMBERED_MAX)(self._open)

    def seal(self, token: Token) -> str:
        """Return the text a client sends as X-Auth-Token."""
        limits = [_pack_id(id) if id else b"" for id in (token.application_credential_id, token.trust_id)]
        sealed = _Sealed(
            _FORMATS[any(limits)],
            _pack_id(token.user_id),
            _SCOPE_KINDS.index(token.scope.kind),
            _pack_id(token.scope.id),
            sum(1 << _METHODS.index(method) for method in token.methods),
            token.issued_at_ms,
            token.expires_at_ms,
            [base64.urlsafe_b64decode(audit_id + "==") for audit_id in token.audit_ids],
            *limits,
        )
        return self._fernet.encrypt(msgspec.msgpack.encode(sealed)).decode().rstrip("=")

    def open(self, text: str) -> Token:
        """Return what a token says, whether or not it still holds. Raises Unauthenticated."""
        return self._opened(text)

    def _open(self, text: str) -> Token:
        try:
            content = self._fernet.decrypt(text + "=" * (-len(text) % 4))
            sealed = msgspec.msgpack.decode(content, type=_Sealed)
            if sealed.format not in _FORMATS:
                raise Unauthenticated
            kind = _SCOPE_KINDS[sealed.scope_kind]
        except (InvalidToken, ValueError, IndexError) as err:  # msgspec's errors are ValueErrors
            raise Unauthenticated from err
        return Token(
            _unpack_id(sealed.user_id),
            Scope(kind, _unpack_id(sealed.scope_id)) if kind != "none" else UNSCOPED,  # type: ignore[arg-type]
            tuple(method for bit, method in enumerate(_METHODS) if sealed.methods >> bit & 1),
            sealed.issued_at_ms,
            sealed.expires_at_ms,
            tuple(base64.urlsafe_b64encode(raw).decode().rstrip("=") for raw in sealed.audit_ids),
            *(_unpack_id(id) if id else "" for id in (sealed.application_credential_id, sealed.trust_id)),
        )


def new_audit_id() -> str:
    """Return a random audit ID, 22 characters as in Keystone."""
    return secrets.token_urlsafe(16)


def derive_key(fabric_secret: bytes, purpose: str, length_bytes: int = 32) -> bytes:
    """Return a key for one purpose (RFC 5869): what leaks of one tells nothing of the secret or of another."""
    return HKDF(SHA256(), length_bytes, salt=None, info=purpose.encode()).derive(fabric_secret)


def _pack_id(id: str) -> bytes:
    """32 hex digits become 16 bytes behind a 0; other IDs ("default", an operator's own) are text behind a 1."""
    try:
        raw = bytes.fromhex(id)
    except ValueError:
        raw = b""
    return b"\0" + raw if raw.hex() == id and raw else b"\1" + id.encode()


def _unpack_id(packed: bytes) -> str:
    return packed[1:].hex() if packed[:1] == b"\0" else packed[1:].decode()
