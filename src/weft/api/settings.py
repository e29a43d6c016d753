"""What the APIs must know besides the store: who we are to clients, and the fabric's secret."""

from collections.abc import Mapping
from pathlib import Path

import msgspec


class ApiSettings(msgspec.Struct, frozen=True):
    """Made from weftd's configuration file by `agent/main.py`."""

    fabric_secret: bytes  # at least 32 bytes
    public_url: str = "http://127.0.0.1:9696"  # how clients reach this node; goes into the catalogue
    region: str = "RegionOne"  # what the answering node's own endpoints are called in the catalogue
    token_lifetime_s: int = 3600
    keystone_authtoken: Mapping[str, str | int | bool] = {}  # an external Keystone, as keystonemiddleware is told of it
    policy_file: Path | None = None  # the operator's rules, see docs/howto/override-policy.md

    @property
    def identity_url(self) -> str:
        """Where the Keystone dialect lives."""
        return self.public_url.rstrip("/") + "/identity/v3"
