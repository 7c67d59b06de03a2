"""What the client makes of schemas: types, names, and how values are read and written."""
