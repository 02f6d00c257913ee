"""Django's formats of the admin and of the template filter `date`.

Django's own for British English write "2:03 p.m." and name no zone, so that nobody knows whose 2:03 it is.
"""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i:s T"
"""Such as "30 Nov 2026, 14:03:22 CET". The name also tells the two hours apart when clocks are put back."""
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
