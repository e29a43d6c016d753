"""Secrets that must be shown again: kept sealed with a key of the fabric's, as Keystone seals credentials."""

import base64

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from weft.api.identity.tokens import derive_key


class Sealer:
    """Seals and opens texts. Holds the derived key only."""

    def __init__(self, fabric_secret: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(fabric_secret, "weft credentials 1")))

    def seal(self, text: str) -> str:
        """Return what a record may hold of `text`."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str | None) -> str:
        """Return the text; "" if it was sealed in another fabric."""
        try:
            return self._fernet.decrypt(sealed or "").decode()
        except InvalidToken:
            return ""

    def open_object(self, sealed: str | None) -> dict[str, object]:
        """Return the JSON object that was sealed, {} if it is none."""
        try:
            return msgspec.json.decode(self.open(sealed), type=dict[str, object])
        except (msgspec.DecodeError, RecursionError):
            return {}
