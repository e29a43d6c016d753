"""Makes the three big parts from the configuration: the store, the data plane and the API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from starlette.types import ASGIApp

from weft.agent.config import Config
from weft.agent.kernel import DataPlane, NoKernel
from weft.api.app import create_app
from weft.api.fabric.ask import answer_sites
from weft.api.identity.seeding import seed_identity
from weft.api.settings import ApiSettings
from weft.commands.security.default_rules import first_default_rules
from weft.dataplane import Kernel
from weft.model import NodeId, SiteId, Unavailable
from weft.store.protocol import Store
from weft.store.settings import StoreSettings
from weft.store.site_store import SiteStore

SEED_RETRY_S = 1.0

log = structlog.get_logger()


@asynccontextmanager
async def open_store(config: Config, secret: bytes, state_dir: Path) -> AsyncIterator[Store]:
    """Yield the running store; on the way out it is closed in order."""
    settings = StoreSettings(
        site=SiteId(config.node.site),
        node=NodeId(config.node.name),
        state_dir=state_dir,
        secret=secret,
        serve=config.nats.serve,
        listen=config.nats.listen,
        url=config.nats.url,
        server_binary=config.nats.server,
        peers=tuple((SiteId(peer.site), peer.url) for peer in config.peers if peer.site != config.node.site),
    )
    async with SiteStore.open(settings) as store:
        yield store


def open_kernel(config: Config) -> DataPlane:
    """Return the data plane, with its programs loaded or adopted. Blocks for some 30 ms."""
    if not config.dataplane.enabled:
        return NoKernel()
    pin_dir = Path(config.dataplane.pin_dir or f"/sys/fs/bpf/weft/{config.node.name}")
    return Kernel(pin_dir, config.node.underlay_device)


async def open_api(config: Config, store: Store, secret: bytes) -> ASGIApp:
    """Return the HTTP application."""
    settings = ApiSettings(
        fabric_secret=secret,
        public_url=config.api.public_url,
        region=config.node.region,
        keystone_authtoken=config.keystone_authtoken,
        policy_file=Path(config.api.policy_file) if config.api.policy_file else None,
    )
    await answer_sites(store)
    return create_app(store, settings)


async def seed(store: Store, secret: bytes, admin_password: str) -> None:
    """Return once the records that every fabric begins with are in the site's log.

    A site whose log does not answer yet is asked again: meanwhile its nodes serve what they have on disk.
    """
    while True:
        try:
            await seed_identity(store, secret, admin_password)
            await store.seed(first_default_rules())
            return
        except Unavailable as err:
            log.warning("cannot write to the site's log yet", error=str(err))
            await asyncio.sleep(SEED_RETRY_S)
