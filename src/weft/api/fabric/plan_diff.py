"""How two printed plans differ, table by table and key by key. Pure."""

from typing import Any

from weft.wire.fabric import TableDiff

Row = dict[str, Any]

KEY_FIELDS: dict[str, tuple[str, ...]] = {  # of the rows in PlanAnswer.tables
    "fdb": ("vni", "mac"),
    "neighbours": ("vni", "address"),
    "flood": ("vni",),
}
OTHER_KEY = ("device",)


def diff_tables(before: dict[str, list[Row]], after: dict[str, list[Row]]) -> dict[str, TableDiff]:
    """Return the differences, tables without any left out."""
    diffs = {}
    for table in sorted(before.keys() | after.keys()):
        diff = diff_rows(KEY_FIELDS.get(table, OTHER_KEY), before.get(table, []), after.get(table, []))
        if diff.added or diff.removed or diff.changed:
            diffs[table] = diff
    return diffs


def diff_rows(key_fields: tuple[str, ...], before: list[Row], after: list[Row]) -> TableDiff:
    """Return the difference of two tables; rows keep the order they came in."""

    def by_key(rows: list[Row]) -> dict[tuple[Any, ...], Row]:
        return {tuple(row.get(field) for field in key_fields): row for row in rows}

    old, new = by_key(before), by_key(after)
    return TableDiff(
        added=[row for key, row in new.items() if key not in old],
        removed=[row for key, row in old.items() if key not in new],
        changed=[{"before": old[key], "after": row} for key, row in new.items() if key in old and old[key] != row],
    )
