"""What a SiteStore must be told; `agent/main.py` makes one from the configuration file."""

from pathlib import Path

import msgspec

from weft.model import NodeId, SiteId


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One process's place in the fabric."""

    site: SiteId
    node: NodeId
    state_dir: Path
    secret: bytes  # the fabric's, at least 32 bytes
    serve: bool = True  # run the site's nats-server, pull from other sites and relay
    listen: str = "127.0.0.1:4222"  # of that server
    url: str = "nats://127.0.0.1:4222"  # how this process reaches it
    server_binary: str = ""  # "" = find one
    peers: tuple[tuple[SiteId, str], ...] = ()  # sites to dial before their records are known, and their URLs
