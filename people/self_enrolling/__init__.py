"""People enrol themselves by a link: they agree and send pictures, somebody approves, and the same link withdraws."""
