"""Ways of cheating, planted into the papers of an honest town: each at three strengths, the weakest made to slip by."""

from zhiwei.economy.fraud import people, trade
from zhiwei.economy.fraud.people import crooked_officers
from zhiwei.economy.fraud.plant import STRENGTHS, Dice, Plant

__all__ = ["PLANTS", "STRENGTHS", "Dice", "Plant", "crooked_officers"]

_ONE, _TWO = (1, 1, 1), (2, 2, 2)
PLANTS = (
    Plant("circular_invoicing", (3, 4, 5), trade.circle),
    Plant("mutual_trade", _TWO, trade.mutual),
    Plant("void_and_red", _ONE, trade.voids),
    Plant("void_tax", _ONE, trade.voided_tax),
    Plant("top_face_amounts", _ONE, trade.at_the_limit),
    Plant("young_sales", _ONE, trade.young_and_large),
    Plant("abnormal_suppliers", _ONE, trade.ran_away),
    Plant("declared_gap", _ONE, trade.undeclared),
    Plant("vat_cit_gap", _ONE, trade.told_two_ways),
    Plant("energy_gap", _ONE, trade.paper_growth),
    Plant("wash_top_buyers", _ONE, trade.few_hands),
    Plant("wash_round_amounts", _ONE, trade.round_orders),
    Plant("wash_signing", _ONE, trade.signed_at_once),
    Plant("wash_round_trip", _ONE, trade.round_trips),
    Plant("pos_top_payers", _ONE, trade.few_payers),
    Plant("pos_round_amounts", _ONE, trade.round_takings),
    Plant("copies_differ", _ONE, trade.second_copy),
    Plant("balance_break", _ONE, trade.edited),
    Plant("interest_days", _ONE, trade.interest),
    Plant("first_digits", _ONE, trade.invented),
    Plant("repeated_amounts", _ONE, trade.copied),
    Plant("shell_company", _ONE, people.shell),
    Plant("taxes_in_a_lump", _ONE, people.paid_in_a_lump),
    Plant("packaged_signs", _ONE, people.dressed_up),
    Plant("packaged_applications", (2, 4, 8), people.chained),
    Plant("velocity_device", (2, 4, 10), people.through("device", 20)),
    Plant("velocity_phone", (2, 4, 10), people.through("phone", 20)),
    Plant("velocity_account", (2, 4, 10), people.through("account", 20)),
    Plant("velocity_address", (3, 6, 12), people.through("address", 20)),
    Plant("velocity_ip", (5, 11, 20), people.through("ip", 5)),
    Plant("velocity_wifi", (3, 6, 12), people.through("wifi", 20)),
    Plant("velocity_agent", (10, 22, 40), people.through("agent", 6)),
    Plant("velocity_party", _ONE, people.again),
    Plant("many_queries_1m", _ONE, people.many_asked(1, (3, 7, 14))),
    Plant("many_queries_3m", _ONE, people.many_asked(3, (5, 10, 20))),
    Plant("many_lenders", _ONE, people.many_owed((5, 10, 18), 900)),
    Plant("new_loans_3m", _ONE, people.many_owed((2, 5, 9), 80)),
    Plant("identity_takeover", _ONE, people.taken_over),
    Plant("identity_listed", _ONE, people.on_a_list),
    Plant("identity_retries", _ONE, people.tried_again),
    Plant("mutual_guarantee", _TWO, people.guaranteed),
    Plant("guarantee_ring", (3, 5, 8), people.guaranteed),
    Plant("guarantee_depth", (3, 6, 10), people.in_line),
    Plant("guarantee_core", (3, 4, 7), people.all_for_all),
    Plant("guarantees_over_assets", _ONE, people.overstretched),
    Plant("double_pledge", _ONE, people.pledged_twice),
    Plant("double_pledge_alike", _ONE, people.pledged_alike),
)
