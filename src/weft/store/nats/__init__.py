"""The site's log and its neighbours over NATS JetStream: the real transport of the store.

One server per site, no links between servers: each site pulls from a few neighbours as an ordinary,
read-only client. Why: docs/design/0001-no-controller.md.
"""
