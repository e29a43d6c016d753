"""Password hashing: argon2id, off the loop, a few at a time.

Each computation takes 19 MiB and some 25 ms of a core, so it runs in its own threads, `WORKERS` at once,
and callers beyond `QUEUE_MAX` are turned away: a flood of logins must not starve the API of memory.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret, verify_secret

from weft.model import Unavailable

T = TypeVar("T")

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1  # OWASP's minimum for argon2id, 2024
HASH_BYTES, SALT_BYTES = 32, 16
WORKERS = 2
QUEUE_MAX = 64
PASSWORD_BYTES_MAX = 4096  # Keystone's limit for what may be hashed


class TooManyLogins(Unavailable):
    """More passwords wait to be checked than we have room for."""

    code = "too_many_logins"
    hint = "try again in a few seconds"


def hash_password(password: str, salt: bytes) -> str:
    """Return the encoded argon2id hash; same password and salt, same hash. Takes some 25 ms."""
    raw = hash_secret(
        password.encode(), salt, PASSES, MEMORY_KIB, LANES, HASH_BYTES, type=Type.ID, version=ARGON2_VERSION
    )
    return raw.decode()


class Passwords:
    """Hashes and checks passwords without holding up the loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="argon2")
        self._waiting = 0
        # What a login of an unknown user is checked against: it must take as long as a real one.
        self._nobody = hash_password(os.urandom(16).hex(), os.urandom(SALT_BYTES))

    async def hash(self, password: str) -> str:
        """Return the hash to store, with a salt of its own. Raises TooManyLogins."""
        return await self._in_thread(hash_password, password, os.urandom(SALT_BYTES))

    async def is_right(self, encoded: str | None, password: str) -> bool:
        """Whether `password` fits. `None` (no such user) takes as long and is never right. Raises TooManyLogins."""
        fits = await self._in_thread(_verify, encoded or self._nobody, password)
        return fits and encoded is not None

    def close(self) -> None:
        """Let the threads go; what is under way is finished."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, function: Callable[..., T], *args: object) -> T:
        if self._waiting >= QUEUE_MAX:
            raise TooManyLogins(f"{self._waiting} passwords are waiting to be checked")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function, *args)
        finally:
            self._waiting -= 1


def _verify(encoded: str, password: str) -> bool:
    try:
        return verify_secret(encoded.encode(), password.encode(), Type.ID)
    except (VerificationError, InvalidHashError):
        return False
