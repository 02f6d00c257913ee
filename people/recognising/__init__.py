"""Pictures that are looked at while somebody waits, and the child processes that look at them."""
