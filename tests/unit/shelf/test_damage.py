"""Whatever breaks in a product's folder, the person who broke it reads the file, the line and the column."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiwei.shelf import check, read_folder
from zhiwei.shelf.load import REQUIRED
from zhiwei.tables import Problem
from zhiwei.values import BadInput

SHIPPED = Path(__file__).parents[3] / "products" / "tax_credit"
CARD = "attribute,bin,points,reason,zh,en\nsales_12m,< 5,-3,S1,z,e\nsales_12m,>= 5,4,S1,z,e\nsales_12m,null,-3,S1,z,e\n"
RULES, CARDS, GRADES = "underwriting/rules.csv", "underwriting/scorecard.csv", "underwriting/grades.csv"
BLOCK = (
    '[[parameter]]\nname = "{}"\nfrom = 2019-01-01\nvalue = "1"\nbecause = "x"\nchecked_on = 2019-01-01\nsure = true\n'
)
QUALITY = '[[quality]]\nkind = "invoices"\ncoverage = 0.8\neffect = "note"\nzh = "少"\nen = "few"\ncode = "D99"\n'
WARNING = (
    '[[warning]]  # one more\ncode = "W99"\nfact = "sales_12m"\ntest = "> 5"\nchange = "< -0.3"\naction = "call"\n'
    'from = 2016-01-01\nzh = "少"\nen = "few"\nbecause = "x"\nchecked_on = 2026-11-26\n'
)
LIMIT, PARAMETERS, CALIBRATION = (
    "underwriting/limit.csv",
    "underwriting/parameters.toml",
    "underwriting/calibration.toml",
)
CASE = "cases/good_trader.toml"


@dataclass(frozen=True)
class Damage:
    """In `file`, `old` (a pattern) becomes `new`; the problem stands on the line that has `mark` (default: `new`)."""

    file: str
    old: str
    new: str
    column: str
    said: str
    hint: str = ""
    mark: str | None = None


def demand(key: str, old: str, new: str, said: str, mark: str, column: str = "1") -> Damage:
    """A demand on quality more, with a damage in it."""
    block = QUALITY.replace(f"{key} = {old}", f"{key} = {new}")
    return Damage("borrower.toml", r"\Z", block, column, said, mark=mark)


def warning(old: str, new: str, said: str, hint: str = "", mark: str | None = None) -> Damage:
    """A warning more, with a damage in it: its last line that begins as the damaged one does."""
    assert old in WARNING
    return Damage("monitoring.toml", r"\Z", WARNING.replace(old, new, 1), "1", said, hint, mark or new)


def card(old: str, new: str, column: str, said: str, hint: str = "", mark: str | None = None) -> Damage:
    """Damage to a card of our own, so that the fitted one may change."""
    assert old in CARD
    return Damage(CARDS, r"(?s).*", CARD.replace(old, new, 1), column, said, hint, new if mark is None else mark)


DAMAGES = [
    Damage(RULES, "R03,days_since_sale", "R03,days_since_sael", "fact", "unknown fact", "mean 'days_since_sale'"),
    Damage(RULES, "R03,days_since_sale,> 180", "R03,days_since_sale,>> 180", "test", "cannot read '>> 180'"),
    Damage(RULES, "> 180,decline", "> 180,reject", "effect", "unknown effect 'reject'", "one of decline"),
    Damage(RULES, "> 180,decline,decline", "> 180,decline,no", "if_missing", "unknown if_missing 'no'"),
    Damage(RULES, "effect,if_missing", "effect", "", "columns are", "expected ['code'", "code,fact"),
    Damage(RULES, "R03,days_since_sale,", "R03,", "zh", "6 cells where the header has 7"),
    Damage(RULES, "(?m)^R04,", "R03,", "code", "reason code R03 is used twice", mark="R03,days_since_sale,(120"),
    Damage(RULES, "(?m)^R04,", "F01,", "code", "reason code F01 is used twice"),
    Damage("antifraud.toml", '"F03"', '"A01"', "code", "reason code A01 is used twice"),
    Damage("antifraud.toml", '"red_share_12m"', '"red_shar_12m"', "1", "unknown fact", "did you mean 'red_share_12m'"),
    Damage("antifraud.toml", r'"\(0.3..0.5\]"', '"(0.3..0.5"', "1", "cannot read '(0.3..0.5'"),
    Damage("antifraud.toml", "because = .*", 'becuase = "x"', "1", "unknown key 'becuase'", "did you mean 'because'"),
    Damage("antifraud.toml", "because = .*\n", "", "1", "because is missing", mark="[[check]]"),
    Damage("antifraud.toml", "checked_on = .*", 'checked_on = "soon"', "1", "checked_on must be a date"),
    Damage("acquisition.toml", "effect = .*", "effect = 1", "1", "must be str, not 1"),
    Damage("acquisition.toml", r"\[\[admission", "[[admision", "1", "unknown key 'admision'", "mean 'admission'"),
    Damage("borrower.toml", r'\["invoices"\]', "[]", "1", "scopes names at least one", mark="scopes"),
    Damage("borrower.toml", 'purposes = .*', 'purposes = "research"', "1", "purposes must be list"),
    Damage("borrower.toml", '"research"', '"reserch"', "1", "unknown purpose 'reserch'", "mean 'research'", "purposes"),
    Damage("borrower.toml", '"invoices"', '"invoices", "bank"', "1", "unknown scope 'bank'", "mean 'bank_flow'"),
    Damage("borrower.toml", r"\]\n", ']\noptional = ["invoices"]\n', "1", "invoices is among scopes", mark="optional"),
    demand("kind", '"invoices"', '"bank_flow"', "bank_flow is neither in scopes nor in", mark="kind"),
    demand("coverage", "0.8", "8", "coverage is 8", mark="[[quality]]"),
    demand("coverage", "0.8", "0.8\nfresh = 3", "unknown key 'fresh'", mark="[[quality]]"),
    demand("code", '"D99"', '"D01" # too', "reason code D01 is used twice", mark="too", column="code"),
    Damage("funding.toml", '"0.70"', '"0.60"', "1", "shares must add to exactly 1", mark="[[funder]]"),
    Damage("funding.toml", '"0.70"', '"70 %"', "1", "share must be a decimal"),
    Damage("funding.toml", '"0.70"', "0.70", "1", "must be str, not 0.7", mark="share = 0.70"),
    Damage("funding.toml", '"0.30"', '"-0.30"', "1", "share must be a decimal in (0, 1]"),
    Damage("funding.toml", '"partner_bank"', '"lead_bank"', "1", "each funder is named once", mark="[[funder]]"),
    Damage("loans.toml", '"loan_principal"', '"loan_prin"', "1", "no account 'loan_prin'", "mean 'loan_principal'"),
    Damage("loans.toml", "line_months", "line_month", "1", "unknown key 'line_month'", "did you mean 'line_months'"),
    Damage("loans.toml", "income = ", "incom = ", "1", "unknown key 'incom'", "did you mean 'income'"),
    Damage("loans.toml", "line_months = 12", "line_months = 37", "1", "between 1 and 36"),
    Damage("loans.toml", 'day_count = "act/360"', "day_basis = 364", "1", "360 or 365"),
    Damage("loans.toml", "due_day = 21", "due_day = 32", "1", "due_day is a day of the month"),
    Damage("loans.toml", 'limit_step = "10000"', 'limit_step = "0"', "1", "limit_step must be an amount in 元 above 0"),
    Damage("loans.toml", 'draw = "1000"', 'draw = "10.005"', "1", "smallest_draw must be an amount"),
    Damage("loans.toml", r'"fee", "compound", ', '"compound", ', "1", "each once", mark="[[allocation]]"),
    Damage("loans.toml", "until = 90\n", "", "1", "rising `until`", mark="[[allocation]]"),
    Damage("loans.toml", 'penalty = "1.5"', 'penalty = "0.5"', "1", "penalty and misuse multiply", mark="[late]"),
    Damage("loans.toml", 'penalty = "1.5"', "penalty = 1.5", "1", "must be str, not 1.5"),
    Damage("loans.toml", 'method = "revolving"', 'method = "balloons"', "1", "no method 'balloons'"),
    card("< 5", "< 4", "bin", "sales_12m: nothing covers values between 3.999999 and 5"),
    card(">= 5", "> 4", "bin", "sales_12m: bins overlap at 4.000001", mark="< 5"),
    card("sales_12m,null,-3,S1,z,e\n", "", "bin", "exactly one bin must take null", mark="< 5"),
    card(">= 5", "null", "bin", "exactly one bin must take null", mark="< 5"),
    card("null", "-", "bin", "a bin of any value would take the missing ones too", mark="sales_12m,-"),
    card("< 5,-3", "< 5,-3.5", "points", "points are a whole number, not '-3.5'"),
    card("< 5,-3", "< 5,", "points", "points are a whole number, not ''"),
    card("sales_12m,< 5", "sales_12,< 5", "attribute", "unknown fact 'sales_12'", "did you mean 'sales_12m'"),
    card(CARD[34:], "", "", "the scorecard has no rows", mark="attribute"),
    Damage(CALIBRATION, "sample_default_rate = .*", "sample_default_rate = 0", "1", "in (0, 1)"),
    Damage(CALIBRATION, "even_odds_score = .*", 'even_odds_score = "x"', "1", "not a number: 'x'"),
    Damage(CALIBRATION, "base_points", "base_point", "1", "unknown key 'base_point'", "did you mean 'base_points'"),
    Damage(GRADES, r"\[0.01..0.03\)", "[0.02..0.03)", "pd", "no grade takes the probability 0.01", mark="D,"),
    Damage(GRADES, "(?m)^D.*\n", "", "pd", "no grade takes the probability 0.1", mark="C,"),
    Damage(GRADES, "< 0.01", "> 0..1", "pd", "cannot read '> 0..1'"),
    Damage(LIMIT, r"sales_12m \*", "sale_12m *", "value", "unknown name 'sale_12m'", "did you mean 'sales_12m'"),
    Damage(LIMIT, r"sales_12m \*", "sales_12m +*", "value", "unexpected '*' at character 12"),
    Damage(LIMIT, "(?m)^turnover", "cap", "term", "term 'cap' stands twice", mark="cap,sales_12m"),
    Damage("underwriting/price.csv", "cost_to_serve", "cost_to_swerve", "value", "unknown name", "mean 'cost_to"),
    Damage(PARAMETERS, '"rate_cap"', '"rate_kap"', "1", "[[parameter]] rate_cap is missing", mark="# Policy"),
    Damage(PARAMETERS, "from = .*", 'from = "2018-03-01"', "1", "from must be a date"),
    Damage(PARAMETERS, 'value = .*', 'value = "2,75 %"', "1", "not a number: '2,75 %'"),
    Damage(PARAMETERS, 'value = .*', 'value = ""', "1", "not a number: ''"),
    Damage(PARAMETERS, 'value = .*', 'value = "1"', "1", "base_rate is a probability between 0 and 1"),
    Damage(PARAMETERS, r"\A", BLOCK.format("pd"), "1", "pd is a fact", mark='name = "pd"'),
    Damage("monitoring.toml", "doubtful = 270", "doubtful = 90", "1", "thresholds rise from", mark="special_mention"),
    Damage("monitoring.toml", "special_mention = 0", "special_mention = -1", "1", "thresholds rise from"),
    Damage("monitoring.toml", "freeze_above_days = 3", "freeze_above_days = -3", "1", "0 or more"),
    Damage("monitoring.toml", "from = ", "form = ", "1", "unknown key 'form'", "did you mean 'from'"),
    Damage("monitoring.toml", r"(?s)\[\[classes.*", "", "1", "has a dated [[classes]] block", mark="# A line"),
    warning('fact = "sales_12m"', 'fact = "sales_12n"', "unknown fact 'sales_12n'", "did you mean 'sales_12m'"),
    warning('action = "call"', 'action = "phone"', "unknown action 'phone'", "one of note, call"),
    warning('test = "> 5"', 'test = "> > 5"', "cannot read '> > 5'"),
    warning('test = "> 5"', 'test = "-"', "a warning that always speaks"),
    warning('test = "> 5"', "test = 5", "must be str, not 5"),
    warning('change = "< -0.3"', 'change = "null"', "a change that is not known"),
    warning('change = "< -0.3"', 'change = "\'A\'"', "facts are numbers"),
    warning('test = "> 5"\nchange = "< -0.3"\n', "", "says a test, a change or both", mark='# one more'),
    warning('code = "W99"', 'code = "W01" # again', "W01 stands twice from", mark='# again'),
    warning('zh = "少"', 'zh = ""', "zh is empty"),
    warning('because = "x"\n', "", "because is missing", mark='# one more'),
    warning("from = 2016-01-01", 'from = "2016-01-01"', "from must be a date"),
    warning("from = 2016-01-01", "form = 2016-01-01", "unknown key 'form'", "did you mean 'from'"),
    Damage("product.toml", "version = .*\n", "", "1", "version is missing", mark="id ="),
    Damage("product.toml", "from = .*", "from = 2019", "1", "from must be a date"),
    Damage("campaign.toml", "from = .*", "from = []", "1", "from must be a date"),
    Damage(CASE, "(?m)^sales_12m", "sales_12n", "1", "unknown fact 'sales_12n'", "did you mean 'sales_12m'"),
    Damage(CASE, "(?m)^sales_12m = .*", "sales_12m = true", "1", "sales_12m must be a number"),
    Damage(CASE, "(?m)^sales_12m = .*", "sales_12m = nan", "1", "sales_12m must be a number"),
    Damage(CASE, "as_of = .*", 'as_of = "2020-03-01"', "1", "as_of must be a date"),
    Damage(CASE, "as_of = .*", "as_of = 1990-06-01", "1", "is in force on 1990-06-01"),
    Damage(CASE, "outcome = .*", "", "1", "a case says the outcome it expects", mark="[expect]"),
    Damage(CASE, "outcome = .*", 'outcome = "decline"', "1", "expected outcome 'decline', got 'approve'"),
    Damage(CASE, "outcome = ", "outcom = ", "1", "unknown key 'outcom'", "did you mean 'outcome'"),
    Damage(CASE, "reasons = .*", 'reasons = ["R01"]', "1", "expected reasons ['R01'], got []", mark="reasons"),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: f"{d.file.rsplit('/')[-1]}-{d.said[:32]}")
def test_damage_is_named_with_its_place(folder: Path, damage: Damage) -> None:
    """One damage gives its problem, at its line and column, and no problem in a file that is sound."""
    content = (folder / damage.file).read_text(encoding="utf-8")
    damaged, changed = re.subn(damage.old, lambda found: damage.new, content, count=1)
    assert changed == 1
    (folder / damage.file).write_text(damaged, encoding="utf-8")
    product, problems = check(read_folder(folder))
    assert product is None
    mark = damage.new if damage.mark is None else damage.mark
    line = next((n for n, text in enumerate(damaged.splitlines(), 1) if mark.splitlines()[0] in text), 1)
    at_fault = [p for p in problems if damage.said in p.message and damage.hint in p.hint]
    assert [(p.file, p.line, p.column) for p in at_fault] == [(damage.file, line, damage.column)], problems
    assert {p.file for p in problems} == {damage.file}
    assert str(at_fault[0]).startswith(f"{damage.file}:{line}: ")


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert check(read_folder(folder)) == (None, [Problem(name, 1, "", "the file is missing")])


@pytest.mark.parametrize("name", [*(n for n in REQUIRED if n.endswith(".toml")), "campaign.toml", CASE])
def test_what_is_no_toml_is_one_problem(folder: Path, name: str) -> None:
    """All that follows from it (everything is missing) is not said: it would hide the one line to mend."""
    content = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(content + '\nbroken = "\n', encoding="utf-8")
    _, problems = check(read_folder(folder))
    line = content.count("\n") + 2
    assert [(p.file, p.line) for p in problems] == [(name, line)]
    assert problems[-1].message.startswith("not TOML")


@pytest.mark.parametrize("name", [RULES, CARDS, LIMIT, GRADES])
def test_an_open_quote_is_reported_where_it_opens(folder: Path, name: str) -> None:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].rsplit(",", 1)[0] + ',"open'
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    _, problems = check(read_folder(folder))
    assert (name, 3, "") in [(p.file, p.line, p.column) for p in problems if p.message.startswith("not a CSV")]


def test_a_product_without_cases_proves_nothing(folder: Path) -> None:
    for path in (folder / "cases").iterdir():
        path.unlink()
    product, problems = check(read_folder(folder))
    assert product is None
    assert [(p.file, p.message[:15]) for p in problems] == [("cases/", "no golden cases")]


def test_a_file_that_is_not_utf8_is_refused_with_its_line(folder: Path) -> None:
    """GBK is what Excel saves in China."""
    path = folder / RULES
    path.write_bytes("code\nR01,断票\n".encode("gbk"))
    with pytest.raises(BadInput, match=r"rules\.csv:2: byte 9 of the file is not UTF-8") as refusal:
        read_folder(folder)
    assert refusal.value.code == "not_utf8"


def test_a_folder_that_is_not_there_or_too_large(folder: Path) -> None:
    with pytest.raises(BadInput, match="no product folder") as refusal:
        read_folder(folder / "nowhere")
    assert refusal.value.code == "no_such_product"
    (folder / "large.md").write_text("x" * 2**22, encoding="utf-8")
    with pytest.raises(BadInput, match="more than") as refusal:
        read_folder(folder)
    assert refusal.value.code == "product_too_large"


FILES = read_folder(SHIPPED)
WORDS = [
    "",
    "0",
    "-1",
    "true",
    '""',
    "[]",
    "{}",
    "nan",
    "1e400",
    "2019-01-01T00:00:00",
    '"x"',
    "-",
    "null",
    '"',
    ",",
    "\0",
]
EDITS: dict[str, Callable[[str, str], str]] = {
    "replaced": lambda content, word: word,
    "deleted": lambda content, word: "",
    "doubled": lambda content, word: content * 2,
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FILES)), st.data())
def test_no_damage_makes_the_check_itself_fail(name: str, data: st.DataObject) -> None:
    """Any word or line of any file replaced, deleted or doubled: a sound product or problems, never a traceback."""
    content = FILES[name]
    spots = list(re.finditer(data.draw(st.sampled_from([r"[^,\s=]+", r"\S[^\n]*\n"])), content))
    spot = data.draw(st.sampled_from(spots))
    edit = EDITS[data.draw(st.sampled_from(sorted(EDITS)))]
    word = data.draw(st.sampled_from(WORDS))
    damaged = content[: spot.start()] + edit(spot[0], word) + content[spot.end() :]
    product, problems = check({**FILES, name: damaged})
    assert (product is None) == bool(problems)
    assert all(p.file in FILES or p.file == "cases/" for p in problems)
    assert all(1 <= p.line <= max(damaged.count("\n"), FILES.get(p.file, "").count("\n")) + 1 for p in problems)
