"""Staff pages. A view parses shape, calls one action or query, and answers with a page or a redirect."""
