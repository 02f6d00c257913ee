"""The configuration of cameras: sources, passwords, tests of a source, and the services that write the rows."""
