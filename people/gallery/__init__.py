"""The gallery in the database: which encodings recognise, by which engine, and up to which distance."""
