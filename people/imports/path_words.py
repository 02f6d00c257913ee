"""What the name of a folder or file says: a person's name, a kind of photo, a number, or nothing.

The lists hold words that are nobody's name. A word that is missing makes the site ask; a wrong one makes it guess.
"""

from __future__ import annotations

import re
import unicodedata

from people.base.names import folded

_CONTAINERS = (
    "people persons faces face photos photo pictures picture pics images image imgs portraits portrait headshots "
    "known knowns gallery employees employee staff members member users user team students student pupils customers "
    "visitors guests residents dataset data train training test testing validation export exports upload "
    "uploads import imports input media clips enrolled enrollment enrolment matches latest storage raw original "
    "originals crops cropped aligned jpg jpeg png webp mitarbeiter mitarbeitende personen personal bilder fotos foto "
    "gesichter empleados personas employés employes salariés personnes visages dipendenti persone medewerkers "
    "pracownicy сотрудники люди фото 员工 照片 社員 写真 new folder"
)
_VIEWS = (
    "front frontal left right side profile up down back smile smiling neutral happy sad serious glasses mask beard "
    "indoor indoors outdoor outdoors closeup selfie selfies "
    "portrait headshot face photo picture pic pics image img passport badge avatar scan crop cropped copy original "
    "hd webcam cam camera phone mobile whatsapp screenshot capture frame "
    "snapshot vorne links rechts seite brille gauche droite profil derecha izquierda dsc dscn dscf img pxl mvimg gopr "
    "holiday holidays birthday wedding party vacation urlaub geburtstag hochzeit "
    "at am pm on of the with and foto bild "
    "frontal view pose shot jpg jpeg png"
)
_PARTICLES = "van von der den de del della di da do dos du la le al el bin ibn ben y e zu ter"
_NOBODY = "unknown unknowns unbekannt inconnu inconnus desconocido desconocidos stranger strangers unsorted unlabeled"
_ANYBODY = "person subject employee user member student identity emp usr id no nr"
_EXTENSIONS = ".jpg .jpeg .jpe .jfif .png .webp .avif .heic .heif .gif .bmp .tif .tiff .jp2 .mpo"
CONTAINERS, VIEWS, NOBODY, ANYBODY = (
    frozenset(folded(words).split()) for words in (_CONTAINERS, _VIEWS, _NOBODY, _ANYBODY)
)
PARTICLES, EXTENSIONS = (frozenset(words.split()) for words in (_PARTICLES, _EXTENSIONS))
_NUMBERED = re.compile(
    r"^(?P<base>.*?\D)(?:[ _.\-]*\((?P<a>\d{1,4})\)|[ _.\-]+(?P<b>\d{1,4})|(?<=[^\W\d_]{2})(?P<c>\d{1,3}))$"
)
# As file managers call copies: Windows "Ada - Copy (2)", macOS "Ada copy 2", drives of the web "Copy of Ada".
_COPY = re.compile(
    r"(?P<a>.+?)(?: - |[ _-])(?:copy|kopie|copie|copia|cópia|kopia|kopi|kopya|копия|副本|コピー|복사본)"
    r"(?:[ _-]*\(?\d{1,3}\)?)?"
    r"|(?:copy of|kopie von|copie de|copia d[ei]|cópia de|копия) (?P<b>.+)",
    re.IGNORECASE,
)
_DATE = re.compile(r"^(19|20)\d\d([-_. ]?(0\d|1[0-2])([-_. ]?[0-3]\d)?)?$")
_STAFF_NUMBER = re.compile(r"^[a-z]{0,2}[1-9]\d{3,5}$", re.IGNORECASE)
_RANDOM = re.compile(r"^[0-9a-f]{8}[0-9a-f-]{8,}$|^(?=.*\d[a-z]+\d)[0-9a-z]{12,}$", re.IGNORECASE)
_FRIGATE = re.compile(r"^\d{9,}\.\d+-[0-9a-z]+-\d{9,}(\.\d+)?-.*-\d(\.\d+)?$", re.IGNORECASE)


def split_path(path: str) -> tuple[tuple[str, ...], str, str]:
    """Returns the folders of a path with forward slashes, the file's name without its extension, and the extension.

    A picture's name loses all its extensions: programs that convert "Ada.heic" write "Ada.heic.jpg". It is 10 times as
    fast as pathlib, and a site of 160,000 photos waits for it.
    """
    *dirs, file = path.split("/")
    stem, dot, extension = file.rpartition(".")
    while "." in stem and is_picture(dot + extension.lower()) and is_picture(f".{stem.rpartition('.')[2].lower()}"):
        stem = stem.rpartition(".")[0]
    return tuple(dirs), (stem or file), (dot + extension.lower() if stem else "")


def is_picture(extension: str) -> bool:
    """Returns whether a file's extension is one of pictures; the content decides later."""
    return extension in EXTENSIONS


def words(name: str) -> list[str]:
    """Returns the folded words of a name: "Ada_Lovelace-2" has ada, lovelace and 2."""
    return [word for word in re.split(r"[\W_]+|(?<=\D)(?=\d)", folded(name)) if word]


def letters_of(name: str) -> int:
    return sum(unicodedata.category(char)[0] == "L" for char in name)


def is_container(folder: str) -> bool:
    """Returns whether a folder's name says that it contains people: "Employees", "train", "photos 2024"."""
    named = [word for word in words(folder) if not word.isdigit()]
    return bool(named) and all(word in CONTAINERS for word in named)


def is_topic(name: str) -> bool:
    """Returns whether a name is a date, or all its words tell photos of one person apart: "2019-05", "front left"."""
    named = {word for word in words(name) if not word.isdigit()}
    return bool(_DATE.match(name)) or (bool(named) and named <= VIEWS)


def is_view(name: str) -> bool:
    """Returns whether a file's name says nothing of its person: a topic, a number, or random letters."""
    return is_topic(name) or letters_of(name) < 2 or bool(_RANDOM.match(name))


def is_staff_number(stem: str) -> bool:
    """Returns whether a file's name may be the number of its person in another system: "10023", "E1001"; no year."""
    return bool(_STAFF_NUMBER.match(stem)) and not _DATE.match(stem)


def is_anonymous(name: str) -> bool:
    """Returns whether a file's name cannot be a person's, nor the number of one with a letter in it, as E1001 is."""
    return is_topic(name) or letters_of(name) == 0 or bool(_RANDOM.match(name)) or is_container(name)


def is_anybody(name: str) -> bool:
    """Returns whether a name stands for any person, as in person_1 and person_2."""
    return is_container(name) or folded(name) in ANYBODY


def is_nobody(folder: str) -> bool:
    return folded(folder).strip() in NOBODY


def is_unsorted_face(stem: str) -> bool:
    """Returns whether Frigate named the file of a face that nobody has sorted yet: <event>-<time>-<name>-<score>."""
    return bool(_FRIGATE.match(stem))


def is_full_name(name: str) -> bool:
    """Returns whether a name has two to five words of letters, as "Ada Lovelace" and "Cem_Yılmaz", or is CJK."""
    parts = [part for part in re.split(r"[\s_,.]+", name.strip()) if part]
    if len(parts) == 1 and 2 <= len(name) <= 5 and all(_is_east_asian(char) for char in name):
        return True
    return 2 <= len(parts) <= 5 and all(_is_word(part) for part in parts) and not any(map(is_view, parts))


def _is_word(part: str) -> bool:
    """Returns whether a part of a name is a word that begins with a capital, if its script has them, or a particle."""
    if letters_of(part) == 0 or any(char.isdigit() for char in part):
        return False
    return not part[0].islower() or part in PARTICLES


def _is_east_asian(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("CJK UNIFIED", "HIRAGANA", "KATAKANA", "HANGUL"))


def without_number(stem: str) -> str:
    """Returns "Ada" for "Ada_1", "Ada 2", "Ada (3)" and "Ada4", and any other name unchanged."""
    found = _NUMBERED.match(stem)
    base = found["base"].rstrip(" _.-(") if found else ""
    return base if letters_of(base) >= 2 else stem


def copied_from(name: str) -> str:
    """Returns "Ada" for "Ada - Copy", "Ada copy 2" and "Copy of Ada", and "" for what is named like no copy."""
    found = _COPY.fullmatch(name)
    return (found["a"] or found["b"]) if found else ""
