"""Structured logs on stderr: for people on a terminal, JSON elsewhere."""

import json
import logging
import sys
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
import structlog
from structlog.contextvars import get_contextvars
from structlog.processors import format_exc_info


def _line(_logger: object, level: str, event: MutableMapping[str, Any]) -> bytes:
    """Return an event as a line of JSON. One step for what takes structlog's own processors five: requests are many."""
    event = {**get_contextvars(), **event, "level": level, "timestamp": _now()}
    if "exc_info" in event:
        event = dict(format_exc_info(None, level, event))
    return _as_json(event)


def _now() -> str:
    """Return the time as "2026-11-21T03:25:19.123456Z"."""
    second, ns = divmod(time.time_ns(), 1_000_000_000)
    return f"{_iso_second(second)}.{ns // 1000:06d}Z"


@lru_cache(maxsize=2)
def _iso_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _as_json(event: MutableMapping[str, Any]) -> bytes:
    """Return an event as JSON; what JSON cannot say, as Python writes it."""
    try:
        return msgspec.json.format(_encode(event), indent=0)  # with the blanks that people and their tools know
    except UnicodeEncodeError:  # half a character, of a file's name for one
        return json.dumps(event, default=repr).encode()


_encode = msgspec.json.Encoder(enc_hook=repr).encode


def configure_logs(level: int = logging.INFO) -> None:
    """Send structlog's events to stderr, and what libraries log too if it is a warning or worse."""
    if sys.stderr.isatty():
        processors: list[structlog.types.Processor] = [
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(),
        ]
        factory: structlog.PrintLoggerFactory | structlog.BytesLoggerFactory = structlog.PrintLoggerFactory(sys.stderr)
    else:
        processors, factory = [_line], structlog.BytesLoggerFactory(sys.stderr.buffer)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", force=True
    )
