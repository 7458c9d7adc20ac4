"""How personal values are shown in lists and logs. What is shorter than its kind should be is hidden as a whole.

Every mask shows the same number of characters at most, whatever it is given. What names an organisation (USCC,
invoices, declarations) is public and shown; what embeds a person's number is not.
"""

import re
from collections.abc import Callable

from zhiwei.borrower.identity.forms import WIDE, normal

_HIDDEN = "*"
_DAY = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]"
_IN_TEXT = re.compile(
    rf"(?<![0-9])(?:(?P<id_card>[0-9]{{6}}{_DAY}[0-9]{{3}}[0-9Xx][0-9]{{2}}|[0-9]{{17}}[0-9Xx]|[0-9]{{15}})"
    r"|(?P<bank_card>[0-9]{19}|[0-9]{16,17}|[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{1,3})?)"
    r"|(?P<mobile>(?:86)?1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})))(?![0-9])"
)

_LONG = re.compile(r"(?<![0-9A-Za-z*])[0-9A-Za-z]{10,}(?![0-9A-Za-z*])")
_WORD = re.compile(r"[^\W\d_]+")
_UNITS = frozenset("年月日时時点點分秒元圆角分正整负負零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟")
_MONTHS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])


def mask_name(name: str) -> str:
    """A person's name: its first character only, and only where there is another. 张三 -> 张*."""
    return _shown(re.sub(r"\s+", " ", name.strip()), 1, 0, 2)


def mask_id_card(number: str) -> str:
    """First three and last four of an identity number of 15 or 18; the birth date is hidden."""
    return _shown(normal(number), 3, 4, 15)


def mask_phone(number: str) -> str:
    """138****5678, and a number with area code likewise; fewer than 11 digits are hidden."""
    digits = re.sub(r"[()]", "", normal(number.translate(WIDE)))
    return _shown(re.sub(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))", "", digits), 3, 4, 11)


def mask_card(number: str) -> str:
    """First four and last four of a card of 13 digits or more."""
    return _shown(normal(number), 4, 4, 13)


def mask_account(number: str) -> str:
    """Last four of an account of 10 digits or more."""
    return _shown(normal(number), 0, 4, 10)


def mask_plate(plate: str) -> str:
    """Province, letter and last sign of a plate."""
    return _shown(normal(plate), 2, 1, 7)


def mask_address(address: str) -> str:
    """First six characters, about province and city or city and district, of an address of ten or more."""
    return _shown(address.strip(), 6, 0, 10)


_MASKS: dict[str, Callable[[str], str]] = {
    "person_name": mask_name,
    "id_card": mask_id_card,
    "mobile": mask_phone,
    "phone": mask_phone,
    "bank_card": mask_card,
    "account": mask_account,
    "plate": mask_plate,
    "address": mask_address,
}
_PUBLIC = frozenset(
    ("uscc", "organisation_code", "company_name", "family_farm_code", "e_invoice", "invoice", "bill", "declaration")
)


def mask(kind: str, value: str) -> str:
    """A value as lists and logs show it, by its kind of identifier. A kind that is not known is hidden as a whole.

    A taxpayer number is shown where it is an organisation's, and masked as an identity number where it is a person's
    or of an old form that may be one.
    """
    if kind in _PUBLIC:
        return value
    if kind == "taxpayer_no":
        code = normal(value)
        return code if len(code) == 18 and re.match(r"9[1-3]|[ANY]", code) else mask_id_card(code)
    return _MASKS.get(kind, _all_hidden)(value)


def masked_text(text: str) -> str:
    """Free text with identity numbers, cards and mobile numbers masked; for logs. Names are not found, and a USCC that
    is nearly all digits is masked too: it hides rather too much than too little.
    """
    parts, end = [], 0
    for found in _IN_TEXT.finditer(text.translate(WIDE)):  # as long as the text itself, so that places are the same
        parts += [text[end : found.start()], mask(str(found.lastgroup), found[0])]
        end = found.end()
    return "".join(parts) + text[end:]


def masked_numbers(text: str) -> str:
    """As `masked_text`, and of every other long number or code its last four signs: accounts, and what may be one."""
    return _LONG.sub(lambda found: _long(found[0]), masked_text(text))


def masked_cell(text: str) -> str:
    """A cell of somebody's file as a list of examples or of bad cells shows it: of words the first sign, of long
    numbers the last four; days, amounts, currencies and short codes stay, since that is what one looks for.
    """
    return _WORD.sub(lambda found: found[0] if _tells_nothing(found[0]) else mask_name(found[0]), masked_numbers(text))


def masked_file(name: str) -> str:
    """The name of somebody's file: long numbers as above, Chinese words by their first sign; others are of no person
    as far as one can see.
    """
    return _WORD.sub(lambda word: word[0] if word[0].isascii() else mask_name(word[0]), masked_numbers(name))


def _long(code: str) -> str:
    return mask_account(code) if sum(sign.isdigit() for sign in code) >= 6 else code


def _tells_nothing(word: str) -> bool:
    return set(word) <= _UNITS or (word.isascii() and ((word.isupper() and len(word) <= 3) or word.lower() in _MONTHS))


def _shown(text: str, head: int, tail: int, shortest: int) -> str:
    if len(text) < shortest:
        return _all_hidden(text)
    return text[:head] + _HIDDEN * (len(text) - head - tail) + text[len(text) - tail :]


def _all_hidden(text: str) -> str:
    return _HIDDEN * len(text)
