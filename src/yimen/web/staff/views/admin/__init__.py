"""What the three administrators do. None of these pages shows a matter; every change is in the ledger."""
