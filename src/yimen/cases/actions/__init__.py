"""Verbs on matters. Every door calls these; nothing else writes this room's tables."""
