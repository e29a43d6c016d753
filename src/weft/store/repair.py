"""Finding and fetching what another site holds and we do not: the digest's questions and answers.

Sans-I/O, pull only: each side repairs itself. The transport carries requests to the other site and back:

    repair = Repair(tree)
    while (request := repair.request()) is not None:
        answer = await call(site, request.verb, request.payload)
        for data in repair.take(answer):
            ...absorb data, as if it had come from that site's log
    repair.equal  # the two held the same when we asked

The other side answers with `answer`.
"""

from collections.abc import Callable

import msgspec

from weft.model import Invalid
from weft.store.digest import DigestTree, is_leaf, key_from_text
from weft.store.records import Key, Record
from weft.store.wire import RECORD_BYTES_MAX, encode_record

PATHS_MAX = 64  # asked for in one request: 64 leaves of 25 keys are about 100 KB of answer
KEYS_MAX = 200
ANSWER_BYTES_MAX = 800_000  # NATS takes payloads up to 1 MB
QUESTIONS_MAX = 10_000  # of one repair: a peer whose answers never end must not keep us busy

DIGEST, FETCH = "digest", "fetch"  # the verbs

_Answer = dict[str, dict[str, str]]
_encode = msgspec.msgpack.Encoder().encode
_decode_answer = msgspec.msgpack.Decoder(_Answer).decode
_decode_records = msgspec.msgpack.Decoder(list[bytes]).decode
_decode_texts = msgspec.msgpack.Decoder(list[str]).decode


class BadAnswer(Invalid):
    """What came back is no answer to what we asked."""

    code = "bad_answer"


class Request(msgspec.Struct, frozen=True):
    """A question for the other site."""

    verb: str
    payload: bytes


def answer(verb: str, payload: bytes, tree: DigestTree, raw: Callable[[Key], Record | None]) -> bytes:
    """Return the answer to another site's question. Raises BadAnswer if it makes no sense."""
    try:
        texts = _decode_texts(payload)
    except (msgspec.MsgspecError, ValueError) as err:
        raise BadAnswer(f"{verb}: {err}") from err
    if verb == DIGEST:
        return _encode({path: tree.below(path) for path in texts[:PATHS_MAX]})
    if verb != FETCH:
        raise BadAnswer(f"no such question: {verb[:80]!r}")
    found: list[bytes] = []
    room = ANSWER_BYTES_MAX
    for text in texts[:KEYS_MAX]:
        key = key_from_text(text)
        record = raw(key) if key else None
        if record is not None:
            found.append(encode_record(record))
            room -= len(found[-1])
        if room < RECORD_BYTES_MAX:
            break  # the asker asks again for the rest
    return _encode(found)


class Repair:
    """One comparison with one site, from the root down, and the fetching of what differs."""

    def __init__(self, tree: DigestTree) -> None:
        self._tree = tree
        self._paths: list[str] = [""]
        self._keys: list[str] = []
        self._asked: tuple[str, list[str]] | None = None
        self._questions = 0
        self.equal = True  # so far
        self.fetched = 0
        self._is_given_up = False

    @property
    def is_complete(self) -> bool:
        """All that the other site had when we began has been asked for and answered."""
        return not (self._paths or self._keys or self._asked or self._is_given_up)

    def request(self) -> Request | None:
        """Return the next question, None if the comparison is over."""
        assert self._asked is None, "the last question has not been answered"
        self._questions += 1
        if self._questions > QUESTIONS_MAX:
            self._is_given_up = True
            return None
        if self._paths:
            asked, self._paths = self._paths[-PATHS_MAX:], self._paths[:-PATHS_MAX]
            self._asked = DIGEST, asked
        elif self._keys:
            asked, self._keys = self._keys[:KEYS_MAX], self._keys[KEYS_MAX:]
            self._asked = FETCH, asked
        else:
            return None
        return Request(self._asked[0], _encode(asked))

    def take(self, payload: bytes) -> list[bytes]:
        """Take in the answer; return records to absorb. Raises BadAnswer."""
        assert self._asked is not None, "nothing was asked"
        (verb, asked), self._asked = self._asked, None
        try:
            if verb == DIGEST:
                self._descend(asked, _decode_answer(payload))
                return []
            records = _decode_records(payload)
        except (msgspec.MsgspecError, ValueError) as err:
            raise BadAnswer(f"{verb}: {err}") from err
        self.fetched += len(records)
        if 0 < len(records) < len(asked):
            # The answer was full (or some are gone: then what is left shrinks to nothing soon).
            self._keys = asked[len(records) :] + self._keys
        return records

    def _descend(self, asked: list[str], answer: _Answer) -> None:
        for path in asked:
            ours, theirs = self._tree.below(path), answer.get(path, {})
            if ours != theirs:
                self.equal = False
            for name, hash_ in theirs.items():
                if ours.get(name) == hash_:
                    continue
                if path and is_leaf(path):
                    self._keys.append(name)
                elif _is_child(path, name):
                    self._paths.append(name)


def _is_child(path: str, name: str) -> bool:
    """Tell whether `name` may stand below `path`: else a hostile answer could lead us round in circles."""
    if not path:
        return name.count("|") == 1 and name.endswith("|")
    return len(name) == len(path) + 1 and name.startswith(path)
