"""Paper: the field list of each form, its layout, and the printing of both. No tables.

`render` is the door for other rooms; `forms` holds the shapes it takes; `qr` draws codes for screens.
"""
