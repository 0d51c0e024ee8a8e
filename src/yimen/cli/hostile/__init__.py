"""Hostile uploads, made in code from a seed, each with what must become of it. Nothing of it is kept in the repository."""
