"""The encoding of tables from before Unicode, in many languages and from many machines."""

import pytest

from dlstudio.data.encoding import guess_encoding
from dlstudio.data.legacy_encoding import guess_legacy_encoding

TABLES = {
    "German": (
        "Kunde;Straße;Ort;Bemerkung\n"
        "Jörg Müller;Schloßallee 4;Köln;größere Lieferung\n"
        "Käthe Weiß;Übergasse 12;München;zahlt pünktlich\n"
        "Bäckerei Grün;Hauptstraße 7;Düsseldorf;öffnet früh\n"
    ),
    "French": (
        "nom;ville;métier;remarque\n"
        "René Lefèvre;Orléans;ingénieur;déjà reçu à l'étage\n"
        "Hélène Gauthier;Besançon;infirmière;très occupée, préfère être rappelée\n"
        "André Bélanger;Évreux;maçon;prêt à commencer\n"
    ),
    "Spanish": (
        "nombre;ciudad;año;observación\n"
        "José Núñez;Córdoba;1998;cliente de más antigüedad\n"
        "María Peña;León;2004;llamará el miércoles\n"
        "Ángel Íñiguez;Cádiz;2011;pagó en efectivo según él\n"
    ),
    "Italian": (
        "nome;città;qualità;nota\n"
        "Nicolò Farè;Forlì;buona;sarà più caro perché è nuovo\n"
        "Mosè Conti;Cantù;così così;può tornare lunedì\n"
    ),
    "Swedish": (
        "namn;ort;yrke;övrigt\n"
        "Åsa Sjöberg;Malmö;lärare;får återbäring\n"
        "Göran Åkesson;Västerås;målare;kör på söndagar\n"
        "Björn Öberg;Umeå;sjöman;är hemma efter påsk\n"
    ),
    "Portuguese": (
        "nome;cidade;profissão;observação\n"
        "João Conceição;São Paulo;médico;não está às terças\n"
        "Inês Guimarães;Évora;açougueira;já pagou a prestação\n"
        "António Brandão;Maceió;capitão;ligará amanhã à noite\n"
    ),
    "Danish": (
        "navn;by;stilling;bemærkning\n"
        "Søren Kjær;Ærøskøbing;bådebygger;får først løn på mandag\n"
        "Åse Bjørnsen;Tromsø;lærer;kører på søndage\n"
    ),
    "Polish": (
        "imię;miasto;zawód;uwagi\n"
        "Grażyna Wójcik;Łódź;księgowa;spóźnia się często\n"
        "Paweł Ciężki;Gdańsk;żeglarz;płaci w następnym miesiącu\n"
        "Małgorzata Źdźbło;Kraków;śpiewaczka;będzie później\n"
    ),
    "Czech": (
        "jméno;město;povolání;poznámka\n"
        "Jiří Dvořák;Plzeň;řidič;přijede příští týden\n"
        "Růžena Šťastná;České Budějovice;účetní;platí včas\n"
        "Zdeněk Kříž;Děčín;lékař;žádá o slevu\n"
    ),
    "Hungarian": (
        "név;város;foglalkozás;megjegyzés\n"
        "Erdős Győző;Győr;mérnök;később jön vissza\n"
        "Szűcs Ödön;Hódmezővásárhely;sütő;fizetős ügyfél, jövő héten hívandó\n"
    ),
    "Turkish": (
        "ad;şehir;meslek;açıklama\n"
        "Gülşen Yıldız;Iğdır;öğretmen;çarşamba günü gelecek\n"
        "Oğuz Çağlar;Eskişehir;şoför;ödeme yapılmadı\n"
    ),
    "Russian": (
        "имя;город;профессия;примечание\n"
        "Алексей Воробьёв;Нижний Новгород;инженер;позвонит в среду\n"
        "Ольга Щукина;Екатеринбург;врач;оплата наличными\n"
        "Пётр Жуков;Владивосток;моряк;будет через месяц\n"
    ),
    "Ukrainian": (
        "ім'я;місто;професія;примітка\n"
        "Олексій Шевченко;Київ;інженер;зателефонує у середу\n"
        "Ірина Коваленко;Львів;лікарка;їде до Чернігова\n"
    ),
    "Bulgarian": (
        "име;град;професия;бележка\n"
        "Иван Петров;Пловдив;инженер;ще се обади във вторник\n"
        "Цветелина Стоянова;Търново;лекар;плаща в брой\n"
    ),
    "Greek": (
        "όνομα;πόλη;επάγγελμα;σημείωση\n"
        "Γιώργος Παπαδόπουλος;Θεσσαλονίκη;μηχανικός;θα τηλεφωνήσει την Τετάρτη\n"
        "Ελένη Χρήστου;Αθήνα;γιατρός;πληρώνει με μετρητά\n"
    ),
    "Hebrew": (
        "שם;עיר;מקצוע;הערה\n"
        "יוסי כהן;ירושלים;מהנדס;יתקשר ביום רביעי\n"
        "רחל לוי;חיפה;רופאה;משלמת במזומן\n"
    ),
    "Japanese": (
        "名前;都市;職業;備考\n"
        "山田太郎;東京;技師;水曜日に電話します\n"
        "佐藤花子;大阪;医者;現金で支払います\n"
    ),
    "Chinese": (
        "姓名;城市;职业;备注\n"
        "王小明;北京;工程师;星期三打电话\n"
        "李丽华;上海;医生;现金付款,下个月再来\n"
    ),
    "Korean": (
        "이름;도시;직업;비고\n"
        "김철수;서울;기술자;수요일에 전화합니다\n"
        "이영희;부산;의사;현금으로 지불합니다\n"
    ),
    "English": (
        "name,comment\nAnn,“It’s fine” – she said\nBob,don’t call; he’s away…\nCléo,5 € a piece\n"
    ),
}
# A table read with the right encoding is what counts: several may give the same text.
WRITTEN = [
    *(("German", code) for code in ("cp1252", "cp437", "cp850", "cp852", "mac_roman", "latin_1")),
    *(("French", code) for code in ("cp1252", "cp850", "mac_roman")),
    *(("Spanish", code) for code in ("cp1252", "cp850", "mac_roman")),
    *(("Italian", code) for code in ("cp1252", "cp437", "cp850", "mac_roman")),
    *(("Swedish", code) for code in ("cp1252", "cp437", "cp850", "mac_roman")),
    *(("Portuguese", code) for code in ("cp1252", "cp850", "mac_roman")),
    *(("Danish", code) for code in ("cp1252", "cp850", "mac_roman")),
    *(("Polish", code) for code in ("cp1250", "cp852", "iso8859_2")),
    *(("Czech", code) for code in ("cp1250", "cp852", "iso8859_2")),
    *(("Hungarian", code) for code in ("cp1250", "cp852", "iso8859_2")),
    *(("Turkish", code) for code in ("cp1254", "iso8859_9")),
    *(("Russian", code) for code in ("cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic")),
    *(("Ukrainian", code) for code in ("cp1251", "koi8_u", "iso8859_5")),
    *(("Bulgarian", code) for code in ("cp1251", "iso8859_5", "cp866")),
    *(("Greek", code) for code in ("cp1253", "iso8859_7", "cp737")),
    *(("Hebrew", code) for code in ("cp1255", "iso8859_8", "cp862")),
    *(("Japanese", code) for code in ("cp932", "euc_jp")),
    *(("Chinese", code) for code in ("gb18030",)),
    *(("Korean", code) for code in ("euc_kr",)),
    ("English", "cp1252"),
]


@pytest.mark.parametrize(("language", "encoding"), WRITTEN)
def test_a_table_is_read_as_it_was_written(language: str, encoding: str) -> None:
    content = TABLES[language].encode(encoding)

    guess = guess_encoding(content, is_whole=True)

    assert content.decode(guess) == TABLES[language], guess


@pytest.mark.parametrize("language", ["German", "French", "Spanish", "Swedish", "English"])
def test_every_single_line_of_a_usual_file_is_read(language: str) -> None:
    usual = "cp1252"
    for line in TABLES[language].splitlines():
        content = line.encode(usual)
        assert content.decode(guess_encoding(content, is_whole=True)) == line


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"caf\xe9,5", "café,5"),
        (b"K\x94ln,5", "Köln,5"),
        (b"it\x92s,5", "it’s,5"),
        (b"10\xb0C,5", "10°C,5"),
        (b"5 \x80,x", "5 €,x"),
        (b"S\xf8ren,5", "Søren,5"),
    ],
)
def test_one_letter_is_enough_where_only_one_reading_makes_sense(content: bytes, text: str) -> None:
    assert content.decode(guess_legacy_encoding(content)) == text


@pytest.mark.parametrize(
    ("line", "encodings"),
    [
        ("Иван,Москва,да", ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")),
        ("Стол,Бытовая техника,нет", ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")),
        ("Стіл,Київ,так", ("cp1251", "koi8_u", "iso8859_5")),
        ("Иван,Варна,София", ("cp1251", "iso8859_5", "cp866")),
        ("Γιώργος,Πάτρα,Αθήνα", ("cp1253", "iso8859_7", "cp737")),
    ],
)
def test_short_cells_that_repeat_are_enough(line: str, encodings: tuple[str, ...]) -> None:
    text = "".join(f"{line},{number}\n" for number in range(60))
    for encoding in encodings:
        assert text.encode(encoding).decode(guess_legacy_encoding(text.encode(encoding))) == text


def test_bytes_that_no_guess_can_decode_are_read_as_latin_1() -> None:
    assert guess_legacy_encoding(b"caf\xe9 \x81\x8d\x8f\x90\x9d na\xefve caf\xe9") == "latin_1"
