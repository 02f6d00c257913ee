"""The API's addresses, reference and refusals."""
