"""A bin in the words of a business owner, in both languages, from the dictionary of facts."""

from zhiwei.borrower.features import CATALOGUE, Fact


def bin_words(attribute: str, low: float | None, high: float | None) -> tuple[str, str]:
    """中文 and English of the half-open bin [low, high), None being unbounded; both None is the missing value."""
    fact = CATALOGUE.get(attribute, Fact(attribute, attribute, attribute, ""))
    zh, en = span_words(fact.unit, low, high)
    return f"{fact.zh}：{zh}", f"{fact.en}: {en}"


def span_words(unit: str, low: float | None, high: float | None) -> tuple[str, str]:
    """The same without the fact's name."""
    from_zh, from_en = ("", "") if low is None else amount(low, unit)
    to_zh, to_en = ("", "") if high is None else amount(high, unit)
    if low is None and high is None:
        return "无数据", "no data"
    if low is None:
        return f"低于{to_zh}", f"under {to_en}"
    if high is None:
        return f"{from_zh}及以上", f"{from_en} or more"
    return f"{from_zh}至{to_zh}（不含）", f"{_leading(from_en)} to under {_trailing(to_en)}"


def amount(value: float, unit: str) -> tuple[str, str]:
    """A number with its unit in 中文 and English: 1500000 元 -> 150万元, CNY 1.5 million."""
    if unit == "元":
        return _yuan(value)
    if unit == "share":
        return f"{value * 100:.10g}%", f"{value * 100:.10g}%"
    plain = f"{value:.10g}"
    zh = {"months": "个月", "days": "天"}.get(unit, "")
    en = {"months": " months", "days": " days"}.get(unit, "")
    return plain + zh, plain + en


def _yuan(value: float) -> tuple[str, str]:
    size = abs(value)
    zh = f"{value / 1e8:.10g}亿元" if size >= 1e8 else f"{value / 1e4:.10g}万元" if size >= 1e4 else f"{value:.10g}元"
    en = f"{value / 1e6:.10g} million" if size >= 1e6 else f"{value:,.10g}"
    return zh, f"CNY {en}"


def _leading(words: str) -> str:
    """`6 months` -> `6` and `30%` -> `30`, as the far end of the span says the unit."""
    return words.removesuffix(" months").removesuffix(" days").removesuffix("%")


def _trailing(words: str) -> str:
    return words.removeprefix("CNY ")
