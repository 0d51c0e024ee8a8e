"""Plain view data for the templates: made from matters and clocks, without a decision of their own."""
