"""At start: see to it that the fabric has its default domain, standard roles and administrator."""

import asyncio

from weft.api.identity.passwords import SALT_BYTES, hash_password
from weft.api.identity.tokens import derive_key
from weft.commands.identity.bootstrap import bootstrap_records
from weft.store.protocol import Store


async def seed_identity(store: Store, fabric_secret: bytes, admin_password: str) -> None:
    """Seed the records that every site makes alike; "" as password: this site learns it from another.

    The salt comes from the fabric secret, so that all sites that were told the same password write the same hash.
    """
    encoded = None
    if admin_password:
        salt = derive_key(fabric_secret, "weft admin salt 1", SALT_BYTES)
        encoded = await asyncio.to_thread(hash_password, admin_password, salt)
    await store.seed(bootstrap_records(encoded))
