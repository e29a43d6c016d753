"""Structured logs on stderr: for people on a terminal, JSON elsewhere."""

import json
import logging
import sys

import msgspec
import structlog


def _as_json(event: dict[str, object], **_: object) -> bytes:
    """Return an event as JSON; what JSON cannot say, as Python writes it."""
    try:
        return msgspec.json.format(_encode(event), indent=0)  # with the blanks that people and their tools know
    except UnicodeEncodeError:  # half a character, of a file's name for one
        return json.dumps(event, default=repr).encode()


_encode = msgspec.json.Encoder(enc_hook=repr).encode


def configure_logs(level: int = logging.INFO) -> None:
    """Send structlog's events to stderr, and what libraries log too if it is a warning or worse."""
    if sys.stderr.isatty():
        renderer: structlog.types.Processor = structlog.dev.ConsoleRenderer()
        factory: structlog.PrintLoggerFactory | structlog.BytesLoggerFactory = structlog.PrintLoggerFactory(sys.stderr)
    else:
        renderer = structlog.processors.JSONRenderer(serializer=_as_json)
        factory = structlog.BytesLoggerFactory(sys.stderr.buffer)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", force=True
    )
