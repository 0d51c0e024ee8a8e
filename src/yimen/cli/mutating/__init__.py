"""Small faults made on purpose: does a test notice each of them? Used by `./yimen drill mutation`."""
