"""The letters of names in many languages, by which a code page is told from others that could be meant."""

LATIN = tuple(
    frozenset(letters)
    for letters in (
        "äöüßé",  # German
        "éèêëàâçîïôœùûüÿæ",  # French
        "áéíóúñüçàèòïº",  # Spanish, Catalan
        "áâãàçéêíóôõúü",  # Portuguese
        "àèéìíòóùú",  # Italian
        "æøåéöäü",  # Danish, Norwegian, Swedish, Finnish
        "áðéíóúýþæö",  # Icelandic
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýžľĺŕôäö",  # Czech, Slovak
        "áéíóöőúüű",  # Hungarian
        "ăâîșțşţ",  # Romanian
        "čćđšž",  # Croatian, Slovene, Serbian
        "çğıöşüâ",  # Turkish
        "āčēģīķļņšūžąęėįųõäöü",  # Latvian, Lithuanian, Estonian
        "ëïéèöüáóêç",  # Dutch, Albanian
    )
)
"""Letters beyond a to z of one language each: the letters of a word come from one of them."""
WEIGHTS = {
    **dict.fromkeys("éáíóöüäñçèøåúàëÁÉÓÖÜÄÇØÅÑ", 1.0),
    **dict.fromkeys("âêôîæãßšžćčłąęńżřıŠŽČŁŻŞİ", 0.8),
    **dict.fromkeys("śźěůőűğşťňāīēūņļķģăđýõïÍÚ", 0.7),
    **dict.fromkeys("ðìòùûœďľțţșėįųĺŕÿþÞÐÈÊÀÂ", 0.4),
}
"""How usual a letter is in names, 0 to 1. A capital that is missing counts 0.2 less than its small letter."""
VOWELS = frozenset("aeiouyäöüéáíóúàèìòùâêîôûëïæøåãõőűěůăāēīūąęıаеёиоуыэюяіїєαεηιουωάέήίόύώϊ")
RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
CYRILLIC = (RUSSIAN, RUSSIAN - frozenset("ёъыэ") | frozenset("іїєґ"), RUSSIAN - frozenset("ищъ") | frozenset("ўі"),
            frozenset("абвгдђежзијклљмнњопрстћуфхцчџш"))  # fmt: skip
"""The letters of Russian (and Bulgarian), Ukrainian, Belarusian and Serbian."""
HAN_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇魏呂盧鍾譚陸廖賈韋鄒閻龍賀顧龔錢嚴湯"
    "佐鈴高田伊渡山中小加吉松木井清斎斉阿森池橋前藤岡長近村遠青坂西福太三原竹上丸大川島野内千平菅和今河久安新工横宮柴荒"
    "服後矢早星内土酒水片関飯本市増望柳"
)
"""First characters of the commonest surnames of China, Taiwan and Japan."""
HANGUL_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모"
)
