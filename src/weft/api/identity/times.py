"""Points in time as Keystone's clients write them."""

from datetime import UTC, datetime

from weft.wire.keystone.fields import MALFORMED, BadBody


def ms_from_iso(text: str) -> int:
    """Return milliseconds since 1970 for an ISO 8601 time; one without a zone is UTC. Raises BadBody."""
    try:
        when = datetime.fromisoformat(text)
        return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError) as err:
        raise BadBody(f"Timestamp not in expected format.{MALFORMED}") from err


def iso_from_ms(ms: int) -> str:
    """Return Keystone's spelling of a time."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
