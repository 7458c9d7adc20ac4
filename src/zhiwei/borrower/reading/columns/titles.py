"""What a statement says once for all its rows, in the lines above the table or in the headers: account and currency."""

import re
from collections.abc import Iterable, Sequence

import polars as pl

CODES = (
    "CNY|RMB|EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|RSD|UAH|TRY|JPY|HKD|TWD|KRW|INR|AUD|CAD|NZD|SGD|MYR"
    "|THB|IDR|PHP|VND|AED|SAR|ILS|EGP|NGN|KES|GHS|BRL|MXN|ARS|CLP|COP|PEN|ZAR|RUB|KZT|PKR|BDT|LKR|MAD|TND|KWD|BHD|OMR|JOD"
)
_CODE = re.compile(rf"(?<![A-Z])({CODES})(?![A-Za-z])")
_SYMBOLS = {
    "R$": "BRL", "HK$": "HKD", "NT$": "TWD", "US$": "USD", "A$": "AUD", "C$": "CAD", "S$": "SGD", "€": "EUR",
    "£": "GBP", "￥": "CNY", "¥": "CNY", "人民币": "CNY", "人民幣": "CNY", "元": "CNY", "円": "JPY", "zł": "PLN",
    "Kč": "CZK", "₽": "RUB", "₺": "TRY", "₹": "INR", "₩": "KRW", "원)": "KRW", "₴": "UAH", "฿": "THB", "₫": "VND",
    "港币": "HKD", "港幣": "HKD", "新台幣": "TWD", "臺幣": "TWD", "台幣": "TWD",
}  # fmt: skip
_NAMES = {
    r"\beuros?\b": "EUR", r"\brupees?\b": "INR", r"\brub(?:les|ли|лей|ль)\b|\bруб\b": "RUB", r"\bTL\b": "TRY",
    r"\bforint\b": "HUF", r"\bgrn\b|\bгрн\b": "UAH", r"\breais\b": "BRL", r"\byen\b": "JPY", r"\bbaht\b": "THB",
}  # fmt: skip
_ALIASES = {"RMB": "CNY"}
_CHINESE, _KANA = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_TRADITIONAL = re.compile("[帳餘額幣說間備註戶號轉匯項單號]")
_ACCOUNT = (
    r"(?i)(?:账\s*号|帐\s*号|帳\s*號|卡\s*号|账\s*户|帐\s*户|계좌번호|口座番号|account(?:\s*(?:number|no\.?|nr\.?|id))?"
    r"|konto(?:nummer|nr\.?)?|cuenta|compte|rekening(?:nummer)?|conto|conta|cont|rachunk?u?|účtu?|ucet|hesap"
    r"|сч[её]т[а-я]*)(?!\s(?:kunden|customer))(?:\s[^\W\d]+)?\W{0,6}(?:n[°ºo]\.?\s*)?"
    r"(\d(?:[\s*xX-]?\d|[*xX]){5,30}(?:[A-Z]\d{2,3})?)(?![^\W_])"
)
_IBAN = r"\b([A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?)\b"
_IBANS = r"^[A-Z]{2}\d{2}[A-Z0-9 ]{11,36}$"


def account_in(titles: Iterable[str]) -> str:
    """The account's number in the lines above a table, "" where they name none."""
    lines = list(titles)
    for pattern in (_IBAN, _ACCOUNT):
        for text in lines:
            if found := re.search(pattern, text):
                return re.sub(r"[\s-]", "", found[1])
    return ""


def is_account(cells: pl.Series) -> bool:
    """Is this one and the same account number in every row?"""
    if cells.null_count() or cells.n_unique() != 1 or cells.len() < 2:
        return False
    return bool(re.fullmatch(_IBANS, cells[0]) or re.fullmatch(r"\d{6,24}", cells[0]))


def is_currency(cells: pl.Series) -> bool:
    """Is this a column of currencies' codes?"""
    return bool(cells.len()) and cells.str.contains(f"^(?:{CODES})$").sum() == cells.len()


def is_chinese(header: Sequence[str]) -> bool:
    return bool(_CHINESE.search(" ".join(header)))


def currency_in(texts: Iterable[str], header: Sequence[str] = ()) -> str:
    """The first currency that is named by its code, its sign or its name; "" where none is."""
    japanese = bool(_KANA.search(" ".join(header)))
    for text in texts:
        if found := _CODE.search(text):
            return _ALIASES.get(found[1], found[1])
        if signs := [code for symbol, code in _SYMBOLS.items() if symbol in text]:
            return "JPY" if japanese and signs[0] == "CNY" else signs[0]
        for pattern, code in _NAMES.items():
            if re.search(pattern, text, re.IGNORECASE):
                return code
    return ""


def currency_of_script(header: Sequence[str], whole: bool) -> str:
    """Where nothing names one: of the country that alone writes so. `whole`: all amounts are without decimals."""
    text = " ".join(header)
    if _KANA.search(text):
        return "JPY" if whole else ""
    if _HANGUL.search(text):
        return "KRW" if whole else ""
    if re.search("引出|預入|差引残高|支払|入払", text):
        return "JPY" if whole else ""
    return "CNY" if _CHINESE.search(text) and not _TRADITIONAL.search(text) else ""
