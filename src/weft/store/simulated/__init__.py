"""The store without a network or a disk: `MemoryStore` for one site, the seeded simulation for many."""

from weft.store.simulated.memory import MemoryRuntime, MemoryStore

__all__ = ["MemoryRuntime", "MemoryStore"]
