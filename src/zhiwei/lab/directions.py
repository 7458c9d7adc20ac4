"""What credit sense says of each fact, before any data are seen: +1 safer as it rises, -1 riskier.

Order numbers the reason codes (S01, S02, ...), so append, never insert; where two facts tell the same, the earlier one
stands: sales of 12 months before sales in all, which grow with the mere length of the records.

A fact whose sense is doubtful is no candidate: `purchase_ratio_12m` (too low and too high are both odd, a matter for
the anti-fraud checks) and the bank's own rating (信誉评级, given with the outcome in sight). `coverage_12m` and
`days_since_record` tell how full and how fresh our data are, which admission judges; a card that rewarded them would
score the pipe, not the business. So would `months_observed`: every history in the sample begins where the export was
cut, and it helps only beyond 36 months, the length of the cut (0.881 with it, 0.877 without, mean of folds).
"""

DIRECTIONS = {
    "sales_12m": 1,
    "sales_total": 1,
    "sales_growth_12m": 1,
    "sales_growth_6m": 1,
    "sales_variation_12m": -1,
    "active_months_12m": 1,
    "days_since_sale": -1,
    "longest_gap_12m": -1,
    "void_share_12m": -1,
    "red_share_12m": -1,
    "void_share_total": -1,
    "customers_12m": 1,
    "suppliers_12m": 1,
    "top_customer_share_12m": -1,
    "top5_customer_share_12m": -1,
    "top_supplier_share_12m": -1,
    "purchases_12m": 1,
    "invoices_12m": 1,
    "mutual_share_12m": -1,
    "loop_share_12m": -1,
}
