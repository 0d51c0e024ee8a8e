"""What we can say about the work: registers and figures, always of matters, never of people."""
