"""Keystone v3's bodies: `auth` what a login sends, `fields` how values are checked, `resources` what things hold."""
