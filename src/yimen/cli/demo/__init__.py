"""The demonstration: a whole invented street with its matters, loaded through the same verbs as real ones."""
