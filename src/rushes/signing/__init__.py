"""Who signed what: the studio's key, signed scopes, signed deliveries, and the file with which anyone checks them."""
