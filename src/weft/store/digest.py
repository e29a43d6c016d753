"""Do two sites hold the same, and if not, where do they differ? An incremental hash tree over all records.

A record's hash covers its key, its stamps and its version vector: values follow from stamps. A record's
place is the hash of its key; nodes above are the XOR of what is below, so a change costs one XOR. Two
trees are compared from the root down; only what differs is looked at (`repair.py`). One tree per scope, so
that sites which share only some scopes can compare those.
"""

from collections.abc import Mapping
from functools import reduce
from hashlib import blake2b
from operator import xor

import msgspec

from weft.store.records import Key, Record

LEVELS = 3  # nibbles of a full path: 4,096 leaves of some 25 records each at 100,000 records
_HASH_BYTES = 16
_DIGITS = "0123456789abcdef"

Path = str  # "<scope>|<up to LEVELS hex digits>"; "" lists the scopes
Hashes = Mapping[str, str]  # child path, or key as text in a leaf, → hash as hex

_encode = msgspec.msgpack.Encoder().encode


def record_hash(record: Record) -> int:
    """Return the hash of what a record is, without its values."""
    fields = record.fields
    names = sorted(fields)
    stamps = [fields[name].stamp for name in names]
    versions = record.versions if len(record.versions) == 1 else dict(sorted(record.versions.items()))
    # Most records were written at once, and all their fields share one stamp.
    shared = stamps[:1] if stamps.count(stamps[0]) == len(stamps) else stamps
    return _hash(_encode((record.key, names, shared, versions)))


class DigestTree:
    """The hashes of all records held. Order of `put` and `drop` leaves no trace."""

    def __init__(self) -> None:
        self._scopes: dict[str, _Scope] = {}

    def put(self, record: Record) -> None:
        """Take in a record, in place of its earlier version."""
        self._set(record.key, record_hash(record))

    def drop(self, key: Key) -> None:
        """Take a record out."""
        self._set(key, 0)

    def root(self) -> str:
        """Return the digest of everything, as hex."""
        scopes = sorted((f"{name}|", scope.all) for name, scope in self._scopes.items() if scope.all)
        return _hash(_encode([(path, _hex(node)) for path, node in scopes])).to_bytes(_HASH_BYTES).hex()

    def below(self, path: Path) -> dict[str, str]:
        """Return the hashes directly below a path: of child paths, or of keys if it is a leaf. No entry: nothing."""
        if not path:
            return {f"{name}|": _hex(scope.all) for name, scope in self._scopes.items() if scope.all}
        name, _, digits = path.rpartition("|")
        scope = self._scopes.get(name)
        if scope is None:
            return {}
        if is_leaf(path):
            return {key_to_text(key): _hex(hash_) for key, hash_ in scope.leaves.get(digits, {}).items()}
        children = ((digit, scope.node(digits + digit)) for digit in _DIGITS)
        return {path + digit: _hex(node) for digit, node in children if node}

    def _set(self, key: Key, hash_: int) -> None:
        scope = self._scopes.get(key.scope)
        if scope is None:
            scope = self._scopes[key.scope] = _Scope()
        scope.set(_place_of(key), key, hash_)


class _Scope:
    """One tree. Only leaves and root are kept up to date; what lies between is put together when somebody asks."""

    def __init__(self) -> None:
        self.leaves: dict[str, dict[Key, int]] = {}  # LEVELS digits → key → hash
        self.all = 0
        self._nodes: dict[str, int] = {}  # LEVELS digits → the XOR of that leaf's hashes

    def set(self, place: str, key: Key, hash_: int) -> None:
        """Put `hash_` in place of what a key had; 0: nothing."""
        leaf = self.leaves.get(place)
        if leaf is None:
            leaf = self.leaves[place] = {}
        change = leaf.get(key, 0) ^ hash_
        if hash_:
            leaf[key] = hash_
        else:
            leaf.pop(key, None)
        self._nodes[place] = self._nodes.get(place, 0) ^ change
        self.all ^= change

    def node(self, digits: str) -> int:
        """Return the XOR of all hashes whose place begins with `digits`."""
        if len(digits) == LEVELS:
            return self._nodes.get(digits, 0)
        return reduce(xor, [self.node(digits + digit) for digit in _DIGITS])


def leaf_of(key: Key) -> Path:
    """Return the path of the leaf that lists a key."""
    return f"{key.scope}|{_place_of(key)}"


def _place_of(key: Key) -> str:
    """Return the digits of a key's leaf."""
    return blake2b(_encode(key), digest_size=_HASH_BYTES).hexdigest()[:LEVELS]


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
