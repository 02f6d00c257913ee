"""The judgement of one picture: which faces it shows, and their encodings."""
