"""The attack table: what was once possible, tried again as every kind of caller.

An attack is a function with `@attack(item, sentence)`; `docs/security.md` lists the sentences, and a test holds the two
together. Each is tried as each of the attackers: nobody, a wrong key, a login without a role, and the five roles, each
unlimited and limited to one group of people and cameras. What an attack needs to be tried in depth (every way a body
can come, every form of a name) is in the tests of the module that withstands it; here is who tried it.
"""
