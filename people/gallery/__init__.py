"""The gallery: which encodings recognise, by which engine, and from which distance on."""
