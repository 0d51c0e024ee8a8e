"""Keeping what an office has entrusted: backups, restores, keys outside the house, upgrades with a way back."""
