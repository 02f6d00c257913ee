"""The site's part of the API: addresses, tokens, reference and refusals."""
