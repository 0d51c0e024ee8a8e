"""The map and the posts as files: GeoJSON and XLSX, out and in."""
