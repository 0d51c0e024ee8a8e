"""The phone of grid workers, as the office sees it: devices and seats, sealed items, files in pieces (docs/rooms/field.md)."""
