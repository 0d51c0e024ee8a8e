"""The machines' door: `/api/v1`. Same actions and same access as the pages; tokens only, no cookies."""
