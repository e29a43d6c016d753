"""Do two sites hold the same, and if not, where do they differ? An incremental hash tree over all records.

A record's hash covers its key, its stamps and its version vector: values follow from stamps. A record's
place is the hash of its key; nodes above hold the XOR of what is below, so a change costs four XORs. Two
trees are compared from the root down; only what differs is looked at (`repair.py`). One tree per scope, so
that sites which share only some scopes can compare those.
"""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from weft.store.records import Key, Record

LEVELS = 3  # nibbles of a full path: 4,096 leaves of some 25 records each at 100,000 records
_HASH_BYTES = 16

Path = str  # "<scope>|<up to LEVELS hex digits>"; "" lists the scopes
Hashes = Mapping[str, str]  # child path, or key as text in a leaf, → hash as hex

_encoder = msgspec.msgpack.Encoder()


def record_hash(record: Record) -> int:
    """Return the hash of what a record is, without its values."""
    fields = record.fields
    encoded: dict[int, msgspec.Raw] = {}  # most fields share one stamp
    stamps: list[tuple[str, msgspec.Raw]] = []
    for name in sorted(fields):
        stamp = fields[name].stamp
        raw = encoded.get(id(stamp))
        if raw is None:
            raw = encoded[id(stamp)] = msgspec.Raw(_encoder.encode(stamp))
        stamps.append((name, raw))
    return _hash(_encoder.encode((record.key, stamps, sorted(record.versions.items()))))


class DigestTree:
    """The hashes of all records held. Order of `put` and `drop` leaves no trace."""

    def __init__(self) -> None:
        self._nodes: dict[Path, int] = {}
        self._leaves: dict[Path, dict[Key, int]] = {}
        self._scopes: set[Path] = set()

    def put(self, record: Record) -> None:
        """Take in a record, in place of its earlier version."""
        self._set(record.key, record_hash(record))

    def drop(self, key: Key) -> None:
        """Take a record out."""
        self._set(key, 0)

    def root(self) -> str:
        """Return the digest of everything, as hex."""
        scopes = sorted((path, self._nodes[path]) for path in self._scopes if self._nodes[path])
        return _hash(_encoder.encode([(path, _hex(node)) for path, node in scopes])).to_bytes(_HASH_BYTES).hex()

    def below(self, path: Path) -> dict[str, str]:
        """Return the hashes directly below a path: of child paths, or of keys if it is a leaf. No entry: nothing."""
        if not path:
            return {child: _hex(node) for child in self._scopes if (node := self._nodes[child])}
        if is_leaf(path):
            return {key_to_text(key): _hex(hash_) for key, hash_ in self._leaves.get(path, {}).items()}
        children = (path + digit for digit in "0123456789abcdef")
        return {child: _hex(node) for child in children if (node := self._nodes.get(child, 0))}

    def _set(self, key: Key, hash_: int) -> None:
        path = leaf_of(key)
        leaf = self._leaves.setdefault(path, {})
        change = leaf.get(key, 0) ^ hash_
        if hash_:
            leaf[key] = hash_
        else:
            leaf.pop(key, None)
        self._scopes.add(path[:-LEVELS])
        nodes = self._nodes
        for length in range(len(path) - LEVELS, len(path) + 1):
            above = path[:length]
            nodes[above] = nodes.get(above, 0) ^ change


def leaf_of(key: Key) -> Path:
    """Return the path of the leaf that lists a key."""
    return f"{key.scope}|{_hash(_encoder.encode(key)):032x}"[: len(key.scope) + 1 + LEVELS]


def is_leaf(path: Path) -> bool:
    """Tell whether what is below a path are keys."""
    return len(path.rpartition("|")[2]) >= LEVELS


def key_to_text(key: Key) -> str:
    """Return a key as "scope/kind/id"; scopes and kinds have no slash."""
    return str(key)


def key_from_text(text: str) -> Key | None:
    """Return the key that a text stands for, None if it is none."""
    parts = text.split("/", 2)
    return Key(*parts) if len(parts) == 3 else None


def _hash(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=_HASH_BYTES).digest())


def _hex(hash_: int) -> str:
    return f"{hash_:032x}"
