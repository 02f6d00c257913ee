"""Names of files in ZIPs of many programs and countries: read right, or shown and chosen."""

from __future__ import annotations

import struct
import unicodedata
import zipfile
from io import BytesIO
from zlib import crc32

import pytest

from people.errors import BadArchive
from people.imports.archives import candidates_in_zip, check_archive
from people.imports.contents import contents_of
from people.imports.entry_names import ENCODINGS, EntryName, decode_names
from tests.people.imports.conftest import zip_of, zip_of_raw

WESTERN = ["François Élan", "José Núñez", "Jürgen Groß", "Zoë Müller", "Ana Peña", "Sáez María", "Strauß Peter"]
NORDIC = ["Åsa Öberg", "Søren Ærø", "Bjørn Ødegård"]
POLISH = ["Łukasz Żółw", "Wałęsa Lech", "Świętosław Jaś"]
CZECH = ["Dvořák Antonín", "Jiří Novák", "Žižka Jan"]
TURKISH = ["Yıldız Şahin", "Doğan Güneş", "İsmail Çelik"]
RUSSIAN = ["Иван Петров", "Анна Иванова", "Юлия Щербакова"]
GREEK = ["Γιώργος Παπαδόπουλος", "Μαρία Νικολάου"]
HEBREW = ["משה כהן", "שרה לוי"]
JAPANESE = ["山田太郎", "佐藤花子", "スズキ", "ソニー表"]
CHINESE = ["张伟", "李娜", "王芳"]
TAIWANESE = ["陳大文", "王小明", "林志玲"]
KOREAN = ["김철수", "이영희", "박지성"]


def people_in(file: BytesIO, **chosen: str) -> list[str]:
    return [candidate.person for candidate in candidates_in_zip(file, **chosen)]


def raw(names: list[str], encoding: str) -> BytesIO:
    return zip_of_raw(*(name.encode(encoding) + b"/1.jpg" for name in names))


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        *((page, WESTERN) for page in ("cp1252", "cp850", "cp437")),
        *((page, NORDIC) for page in ("cp1252", "cp850")),
        *((page, [*POLISH, *CZECH]) for page in ("cp1250", "cp852")),
        *((page, TURKISH) for page in ("cp1254", "cp857")),
        *((page, RUSSIAN) for page in ("cp1251", "cp866", "koi8-r")),
        *((page, GREEK) for page in ("cp1253", "cp737")),
        *((page, HEBREW) for page in ("cp1255", "cp862")),
        ("cp932", JAPANESE),
        ("gbk", CHINESE),
        ("big5", TAIWANESE),
        ("cp949", KOREAN),
        ("utf-8", [*WESTERN, *POLISH, *RUSSIAN, *JAPANESE, *KOREAN]),
    ],
)
def test_the_code_page_of_several_names_is_found(encoding: str, names: list[str]) -> None:
    assert people_in(raw(names, encoding)) == names


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        *((page, name) for page in ("cp1252", "cp850") for name in [*WESTERN, *NORDIC]),
        *((page, name) for page in ("cp1250", "cp852") for name in POLISH),
        *((page, name) for page in ("cp1251", "cp866") for name in RUSSIAN),
        *(("cp932", name) for name in JAPANESE),
        *(("gbk", name) for name in CHINESE),
        *(("big5", name) for name in TAIWANESE),
        *(("cp949", name) for name in KOREAN),
    ],
)
def test_the_code_page_of_a_single_name_is_found(encoding: str, name: str) -> None:
    assert people_in(raw([name], encoding)) == [name]


def test_a_zip_from_a_mac_has_utf_8_without_saying_so_and_letters_apart() -> None:
    apart = [unicodedata.normalize("NFD", name) for name in WESTERN]
    entries = check_archive(raw(apart, "utf-8"))
    assert decode_names(entries).encoding == "utf-8"
    assert people_in(raw(apart, "utf-8")) == WESTERN


@pytest.mark.parametrize("before", [b"", b"#!/bin/sh"])
def test_names_that_say_they_are_utf_8_and_are_not_are_read_as_what_they_are(before: bytes) -> None:
    """Whatever stands before the ZIP, as in one that unpacks itself."""
    whole = bytearray(zip_of_raw(*(name.encode("cp1252") + b"/1.jpg" for name in WESTERN), b"Ada/1.jpg").getvalue())
    for mark, flags_at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = whole.find(mark)
        while at >= 0:
            whole[at + flags_at + 1] |= 0x08
            at = whole.find(mark, at + 1)
    file = BytesIO(before + bytes(whole))
    found = candidates_in_zip(file)
    assert [candidate.person for candidate in found] == [*WESTERN, "Ada"]
    assert all(candidate.open().read(3) == b"\xff\xd8\xff" for candidate in found)


def test_a_name_that_says_its_encoding_is_taken_as_it_is() -> None:
    decoded = decode_names(check_archive(zip_of("Łukasz/1.jpg", "Ada/1.jpg")))
    assert (decoded.names, decoded.encoding) == (("Łukasz/1.jpg", "Ada/1.jpg"), "")


def test_the_unicode_path_of_info_zip_is_believed_if_it_belongs_to_the_name() -> None:
    name, told = b"?ukasz\xa5/1.jpg", "Łukasz/1.jpg".encode()

    def field(checksum: int) -> bytes:
        return struct.pack("<HHBI", 0x7075, 5 + len(told), 1, checksum) + told

    assert people_in(zip_of_raw(name, extra=field(crc32(name)))) == ["Łukasz"]
    assert people_in(zip_of_raw(name, extra=field(1))) != ["Łukasz"]


def test_a_backslash_within_a_japanese_letter_is_no_folder() -> None:
    assert "表".encode("cp932")[1:] == b"\\"
    assert people_in(zip_of_raw("表/1.jpg".encode("cp932"), "佐藤\\1.jpg".encode("cp932"))) == ["表", "佐藤"]


def test_folders_that_end_with_a_backslash_are_no_files() -> None:
    file = zip_of("Ada\\", "Ada\\1.jpg", "Bob\\1.jpg")
    assert people_in(file) == ["Ada", "Bob"]


def test_another_encoding_is_offered_and_can_be_chosen() -> None:
    file = raw(["Erdős Pál"], "cp1250")
    decoded = decode_names(check_archive(file))
    assert ("cp1250", "Erdős Pál/1.jpg") in [*decoded.others, (decoded.encoding, decoded.example)]
    assert people_in(file, encoding="cp1250") == ["Erdős Pál"]
    with pytest.raises(BadArchive, match=r"not in Unicode \(UTF-8\)"):
        people_in(file, encoding="utf-8")


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "utf-8"])
def test_any_bytes_make_a_name_or_a_refusal(encoding: str) -> None:
    entries = [EntryName(raw=bytes(range(start, start + 16)) + b"/1.jpg") for start in range(128, 256, 16)]
    for entry in entries:
        try:
            contents_of([entry], encoding=encoding)
            contents_of([entry])
        except BadArchive:
            continue


def test_names_are_kept_as_plain_values_while_somebody_is_asked() -> None:
    entries = [EntryName(text="Ada/1.jpg"), EntryName(raw=bytes(range(128, 256)))]
    assert [EntryName.of_plain(entry.plain()) for entry in entries] == entries


def test_a_name_ends_where_a_nul_is() -> None:
    with zipfile.ZipFile(raw(["J\xfcrgen\0x"], "cp1252")) as archive:
        assert EntryName.of(archive.infolist()[0]).raw == b"J\xfcrgen"
