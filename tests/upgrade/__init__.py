"""Databases of earlier releases, brought up to this one: nothing that a site had is lost on the way.

Each release is a dump here, `<version>.sql`, with what a dump cannot tell in `<version>.json`: the texts of API keys
and what that release answered. Every test of this folder runs over each of them, and so it holds every later migration.

A migration that changes rows on purpose makes `test_every_row_is_as_it_was` fail: make the same change to `before` in
`conftest.py`, there and nowhere else, with the reason. A sentence that is made anew for each answer and is worded in
another way now is listed in `REWORDED` in `test_database.py`.

The dump of a new release is made in a checkout of its tag, by hand and once, and committed with the next version:

    make setup && .venv/bin/python -m tests.upgrade.make_dump

Before that, `filling` gets a row for what the release has new (test_the_dump_has_something_of_everything says what is
missing). It and `answers.py` know models, commands and the API alone, which stay while modules move. So 0.1.0, which
was made before this folder was, can be made again: copy the folder into a checkout of 0.1 and type the same there.

Nobody is in the dumps. The only face is the drawn one (`drawn.jpg`: `drawn_face()` of people.recognition in a plain
frame), all other encodings are random numbers, names are made up, and the secrets in `<version>.json` open nothing
else.
"""
