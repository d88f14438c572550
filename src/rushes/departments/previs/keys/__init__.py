"""Paint a key: frames that an artist painted, carried over a shot through its known geometry."""
