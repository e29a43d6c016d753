"""The stock `openstack` command, each time in a process of its own, forked after the imports: these take a second.

Reads lines of JSON, [words, environment], and answers each with [exit code, stdout, stderr].
"""

import gc
import json
import os
import sys
import tempfile
import traceback
from importlib.metadata import entry_points
from typing import IO

from openstackclient import shell


def main() -> None:
    """Serve until standard input ends."""
    for group in entry_points().groups:
        if group.startswith("openstack."):  # its commands
            for entry in entry_points(group=group):
                entry.load()
    gc.freeze()  # its children need not look through what they will never free
    for line in sys.stdin:
        words, environment = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaint:
            if not (pid := os.fork()):
                _become(words, environment, out, complaint)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            said = [_text(out), _text(complaint)]
        print(json.dumps([code, *said]), flush=True)


def _become(words: list[str], environment: dict[str, str], out: IO[bytes], complaint: IO[bytes]) -> None:
    """Be the `openstack` command from here on; does not return."""
    code = 1
    try:
        for target, file in ((1, out), (2, complaint)):
            os.dup2(file.fileno(), target)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["openstack", *words]
        code = shell.main(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    main()
