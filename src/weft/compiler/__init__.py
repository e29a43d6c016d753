"""Intent to plan: pure functions from (intent, node) to the contents of that node's tables, one file per table."""
