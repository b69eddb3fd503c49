"""Letters of the languages whose files come in many encodings, and how likely each letter is."""

import math
from dataclasses import dataclass

# Letters beyond ASCII, the frequent ones and the rare ones, in small letters.
_ACCENTS = {
    "English": ("é", "èêàïöüñç"),
    "German": ("äöüß", "éàèç"),
    "French": ("éèàêç", "âîôûùëïüœ"),
    "Spanish": ("áéíóúñ", "üç"),
    "Portuguese": ("ãçáéíóõê", "âôúàü"),
    "Italian": ("àèéìòù", "îç"),
    "Dutch": ("éëï", "èöüó"),
    "Swedish": ("åäö", "éüáà"),
    "Danish": ("æøå", "éöäüô"),
    "Icelandic": ("áéíóúýþæöð", ""),
    "Polish": ("ąćęłńóśźż", "éöü"),
    "Czech": ("áčďéěíňóřšťúůýž", "ľôäĺŕöü"),
    "Hungarian": ("áéíóöőúüű", ""),
    "Croatian": ("čćđšž", "éöü"),
    "Romanian": ("ăâîşţșț", "éöü"),
    "Turkish": ("çğıöşü", "âî"),
}
# All letters of scripts of their own, most frequent first.
_SCRIPTS = {
    "Russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "Ukrainian": "оанивіретскулдмпязьбгчйхєжїшюцщфґ",
    "Bulgarian": "аеоитнрсвлкдпмзугбчъщцяйхжшюьф",
    "Serbian": "аоиенрјтскувдмпљњгбзчшцжђћхџф",
    "Greek": "αοιετσνηυρπκλμςωόίάγδήέχύώθφβξζψϊϋΐΰ",
    "Hebrew": "יוהלארתבשמנדחקפעםגטצןסזכךףץ",
}
SHARE_OF_FREQUENT = 0.9
UNEXPECTED = -8.0  # a sign that the language does not have
MARK = -1.5  # quotation marks, dashes and the like, in a place where they stand in texts
# At a word in a script of its own, nearly all signs are letters: were marks as likely there,
# capitals of other encodings would turn into words that begin with a mark.
MARK_AT_SCRIPT = -4.5
OUT_OF_PLACE = -5.0  # a mark inside a word, a capital after a small letter
ALONE = -2.0  # a letter without a neighbour that is no word of one letter
APOSTROPHE = -0.7
_MARKS = frozenset("„“”‘’‚–—…€£¥°§«»©®™·•¿¡ªº²³µ№×\xa0")
_ONE_LETTER_WORDS = frozenset("àèéóáòùçåöæøâăîüäßñ")


@dataclass(frozen=True)
class Alphabet:
    """A language by its letters beyond ASCII.

    Attributes:
        name: The language.
        log_shares: Logarithm of each small letter's share of these letters.
        log_mark: Logarithm of the likelihood of a mark beside a letter.
    """

    name: str
    log_shares: dict[str, float]
    log_mark: float = MARK

    def log_likelihood(self, text: str) -> float:
        """How likely the signs beyond ASCII of a text are in this language.

        Args:
            text: Some lines; other signs count as neighbours only.

        Returns:
            The sum of logarithms over these signs, at most 0.
        """
        padded = f" {text} "
        return sum(
            self._of_sign(padded[place - 1], sign, padded[place + 1])
            for place, sign in enumerate(padded)
            if sign > "\x7f"
        )

    def _of_sign(self, before: str, sign: str, after: str) -> float:
        if sign in _MARKS:
            return self._of_mark(before, sign, after)
        share = self.log_shares.get(sign, self.log_shares.get(sign.lower()[:1]))
        if share is None:
            return UNEXPECTED
        if not before.isalpha() and not after.isalpha():
            return share + (0.0 if sign.lower() in _ONE_LETTER_WORDS else ALONE)
        if sign.isupper() and before.islower():
            return share + OUT_OF_PLACE
        if sign.islower() and before.isupper() and after.isupper():
            return share + OUT_OF_PLACE
        return share

    def _of_mark(self, before: str, sign: str, after: str) -> float:
        is_inside = before.isalpha() and after.isalpha()
        if sign == "’" and is_inside:
            return APOSTROPHE
        is_beside = before.isalpha() or after.isalpha()
        return (self.log_mark if is_beside else MARK) + (OUT_OF_PLACE if is_inside else 0.0)


def _with_accents(name: str, frequent: str, rare: str) -> Alphabet:
    shares = dict.fromkeys(frequent, math.log(SHARE_OF_FREQUENT / len(frequent)))
    rest = 1 - SHARE_OF_FREQUENT
    return Alphabet(name, shares | {letter: math.log(rest / len(rare)) for letter in rare})


def _by_rank(name: str, letters: str) -> Alphabet:
    """Shares that fall with the rank (Zipf and Mandelbrot)."""
    weights = [1 / (rank + 4) for rank in range(len(letters))]
    total = sum(weights)
    shares = (math.log(weight / total) for weight in weights)
    return Alphabet(name, dict(zip(letters, shares, strict=True)), MARK_AT_SCRIPT)


LATIN_ALPHABETS = tuple(_with_accents(name, *letters) for name, letters in _ACCENTS.items())
OTHER_ALPHABETS = tuple(_by_rank(name, letters) for name, letters in _SCRIPTS.items())
