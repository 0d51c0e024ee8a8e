"""Forms of the staff face. They check shape only; what is allowed and enough is decided by the actions."""
