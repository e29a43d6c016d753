"""An operator's own Keystone in place of the built-in identity service: tokens checked by keystonemiddleware."""
