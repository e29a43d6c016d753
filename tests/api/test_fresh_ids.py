"""Random IDs have the form that clients expect, and do not come twice."""

import os
import uuid

from weft.api.fresh_ids import random_hex, random_uuid


def test_ids_are_random_uuids_and_none_comes_twice():
    made = [random_uuid() for _ in range(2000)]
    assert len({*made}) == 2000
    assert all(uuid.UUID(text).version == 4 and str(uuid.UUID(text)) == text for text in made)
    assert {uuid.UUID(text).variant for text in made} == {uuid.RFC_4122}


def test_a_forked_process_makes_others():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, random_hex().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 32).decode() != random_hex()
    os.close(reader)
    os.close(writer)
