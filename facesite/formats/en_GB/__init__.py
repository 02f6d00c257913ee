"""British English, the language of all pages."""
