"""Points in time as Keystone's clients write them."""

from datetime import UTC, datetime, timedelta

from weft.wire.keystone.fields import MALFORMED, BadBody

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us_from_iso(text: str) -> int:
    """Return microseconds since 1970 for an ISO 8601 time; one without a zone is UTC. Raises BadBody."""
    try:
        when = datetime.fromisoformat(text)
        return ((when if when.tzinfo else when.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError) as err:
        raise BadBody(f"Timestamp not in expected format.{MALFORMED}") from err


def iso_from_us(us: int) -> str:
    """Return Keystone's spelling of a time."""
    return (_EPOCH + timedelta(microseconds=us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def iso_from_ms(ms: int) -> str:
    """Return the same for milliseconds."""
    return iso_from_us(ms * 1000)
