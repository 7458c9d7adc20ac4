"""Banks of the British Isles, America, Australia, South Africa, India, Singapore and Hong Kong. All invented."""

# ruff: noqa: E501, E101

from .layout import Layout, layout

LAYOUTS: dict[str, Layout] = {}

LAYOUTS["barclays"] = layout(
    """
Number,Date,Account,Amount,Subcategory,Memo
	 ,31/01/2024,20-00-00 12345678,-85.00,PAYMENT,ELECTRIC CO  	BBP
	 ,30/01/2024,20-00-00 12345678,1250.50,FT,CUSTOMER LTD  	INV 7
 ,15/01/2024,20-00-00 12345678,-12.00,DEBIT,STATIONER
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None), ("2024-01-15", -1200, None)],
    account="20-00-00 12345678", open_="currency",
)  # fmt: skip
LAYOUTS["hsbc uk, no header"] = layout(
    """
31/01/2024,ELECTRIC CO DD,"-85.00"
30/01/2024,CUSTOMER LTD CR,"1,250.50"
16/01/2024,STATIONER VIS,"-12.00"
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None), ("2024-01-16", -1200, None)],
    open_="currency",
)
LAYOUTS["monzo"] = layout(
    """
Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In
tx_0001,30/01/2024,09:15:00,Faster payment,Customer Ltd,,Income,1250.50,GBP,1250.50,GBP,inv 7,,,CUSTOMER LTD,,,1250.50
tx_0002,31/01/2024,10:00:01,Card payment,Electric Co,⚡,Bills,-85.00,GBP,-99.20,EUR,,1 High St,,ELECTRIC CO,,-85.00,
tx_0003,31/01/2024,11:00:01,Card payment,Stationer,,Bills,-12.00,GBP,-12.00,GBP,,,,STATIONER,,-12.00,
""",
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None), ("2024-01-31", -1200, None)],
    currency="GBP",
)
LAYOUTS["revolut with fees and states"] = layout(
    """
Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
TOPUP,Current,2024-01-01 09:00:00,2024-01-01 09:00:05,Top-Up,2000.00,0.00,EUR,COMPLETED,2000.00
EXCHANGE,Current,2024-01-02 09:00:00,2024-01-02 09:00:05,Exchanged to USD,-100.00,0.50,EUR,COMPLETED,1899.50
CARD_PAYMENT,Current,2024-01-03 09:00:00,,Shop,-40.00,0.00,EUR,REVERTED,
TRANSFER,Current,2024-01-30 09:00:00,2024-01-30 09:00:05,From Client,1250.50,0.00,EUR,COMPLETED,3150.00
ATM,Current,2024-01-30 22:00:00,2024-01-31 10:00:00,Cash at ATM,-85.00,1.70,EUR,COMPLETED,3063.30
CARD_PAYMENT,Current,2024-01-31 22:00:00,,Garage,-20.00,0.00,EUR,PENDING,
""",
    [
        ("2024-01-01", 200000, 200000), ("2024-01-02", -10050, 189950), ("2024-01-30", 125050, 315000),
        ("2024-01-31", -8670, 306330),
    ],
    currency="EUR", aside=2,
)  # fmt: skip
LAYOUTS["starling"] = layout(
    """
Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes
30/01/2024,Customer Ltd,inv 7,FASTER PAYMENT,1250.50,1250.50,INCOME,
31/01/2024,Electric Co,0001,DIRECT DEBIT,-85.00,1165.50,BILLS,
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    currency="GBP",
)
LAYOUTS["natwest"] = layout(
    """

Date, Type, Description, Value, Balance, Account Name, Account Number

31 Jan 2024,D/D,"'ELECTRIC CO",-85.00,1165.50,"'G1 TRADING","'600000-12345678",
30 Jan 2024,BAC,"'CUSTOMER LTD",1250.50,1250.50,"'G1 TRADING","'600000-12345678",

""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    account="600000-12345678", open_="currency",
)  # fmt: skip
LAYOUTS["chase"] = layout(
    """
Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
DEBIT,01/31/2024,"ELECTRIC CO   PPD ID: 1",-85.00,ACH_DEBIT,1165.50,,
CREDIT,01/30/2024,"CUSTOMER LLC",1250.50,ACH_CREDIT,1250.50,,
CHECK,01/03/2024,"CHECK 101",-12.00,CHECK_PAID,0.00,101,
DSLIP,01/02/2024,"DEPOSIT",12.00,CHECK_DEPOSIT,12.00,1,
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050), ("2024-01-03", -1200, 0), ("2024-01-02", 1200, 1200)],
    open_="currency",
)  # fmt: skip
LAYOUTS["wells fargo, no header"] = layout(
    """
"01/31/2024","-85.00","*","","ELECTRIC CO WEB PMT"
"01/30/2024","1250.50","*","","CUSTOMER LLC ACH"
"01/03/2024","-12.00","*","101","CHECK # 101"
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None), ("2024-01-03", -1200, None)],
    open_="currency",
)
LAYOUTS["capital one, unsigned with a type"] = layout(
    """
Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance
1234,Deposit from CUSTOMER LLC,01/30/24,Credit,1250.5,1250.5
1234,Withdrawal from ELECTRIC CO,01/31/24,Debit,85,1165.5
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    account="1234", open_="currency",
)  # fmt: skip
LAYOUTS["anz, no header"] = layout(
    """
31/01/2024,"-85.00","ELECTRIC CO MELBOURNE"
30/01/2024,"1250.50","TRANSFER FROM CUSTOMER PTY"
29/01/2024,"-12.00","STATIONER"
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None), ("2024-01-29", -1200, None)],
    open_="currency",
)
LAYOUTS["commbank, no header"] = layout(
    """
31/01/2024,"-85.00","ELECTRIC CO MELBOURNE","+1165.50"
30/01/2024,"+1250.50","Direct Credit CUSTOMER PTY","+1250.50"
29/01/2024,"-12.00","STATIONER","+0.00"
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050), ("2024-01-29", -1200, 0)],
    open_="currency",
)
LAYOUTS["westpac"] = layout(
    """
Bank Account,Date,Narrative,Debit Amount,Credit Amount,Balance,Categories,Serial
032000123456,31/01/2024,ELECTRIC CO,85.00,,1165.50,PAYMENT,
032000123456,30/01/2024,CUSTOMER PTY,,1250.50,1250.50,DEP,
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    account="032000123456", open_="currency",
)  # fmt: skip
LAYOUTS["fnb south africa"] = layout(
    """
Account Transaction History
Name:, G1 TRADING
Account:, 62000000001, [Business Cheque]
Balance:, 1165.50, 1165.50

Date, Amount, Balance, Description
2024/01/31, -85.00, 1165.50, "ESKOM PREPAID"
2024/01/30, 1250.50, 1250.50, "PAYSHAP CUSTOMER"
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    account="62000000001", open_="currency",
)  # fmt: skip
LAYOUTS["dbs singapore"] = layout(
    """
Account Details For:,Business Account 000-000001-2
Statement as at:,01 Feb 2024

Available Balance:,"1,165.50"
Ledger Balance:,"1,165.50"


Transaction Date,Reference,Debit Amount,Credit Amount,Transaction Ref1,Transaction Ref2,Transaction Ref3

31 Jan 2024,IBG,85.00, ,SP SERVICES,ELECTRICITY,
30 Jan 2024,ICT, ,1250.50,CUSTOMER PTE,INV 7,PAYNOW
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None)],
    account="0000000012", open_="currency",
)  # fmt: skip
LAYOUTS["hsbc hong kong"] = layout(
    """
"Account","HSBC Business Direct HKD Current 500-000001-001"
"Date 日期","Description 進支詳情","Deposit 存入","Withdrawal 提取","Balance 結餘","Currency 貨幣"
"30 Jan 2024","CUSTOMER LTD 貨款","1,250.50","","1,250.50","HKD"
"31 Jan 2024","CLP POWER 電費","","85.00","1,165.50","HKD"
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    currency="HKD",
)
LAYOUTS["icici, cr and dr as suffixes"] = layout(
    """
Detailed Statement,,,,,
Account Number,000000000001 (INR) - G1 TRADERS,,,,
,,,,,
No.,Transaction ID,Value Date,Txn Posted Date,Description,Transaction Amount,Available Balance
1,S10000001,30/01/2024,30/01/2024 09:15:22 AM,NEFT CLIENT,"1,25,050.50 Cr","1,25,050.50 Cr"
2,S10000002,31/01/2024,31/01/2024 01:15:22 PM,BIL ELECTRIC,85.00 Dr,"1,24,965.50 Cr"
3,S10000003,31/01/2024,31/01/2024 02:15:22 PM,RTGS SUPPLIER,"2,00,000.00 Dr","75,034.50 Dr"
""",
    [("2024-01-30", 12505050, 12505050), ("2024-01-31", -8500, 12496550), ("2024-01-31", -20000000, -7503450)],
    currency="INR", account="000000000001",
)  # fmt: skip
LAYOUTS["india, dr and cr in the headers of two flags"] = layout(
    """
Txn Date,Particulars,Chq No,Amount,Dr/Cr,Balance,Dr/Cr
30-Jan-24,NEFT CLIENT,,"1,25,050.50",Cr,"1,25,050.50",Cr
31-Jan-24,BIL ELECTRIC,,85.00,Dr,"1,24,965.50",Cr
31-Jan-24,RTGS SUPPLIER,,"2,00,000.00",Dr,"75,034.50",Dr
01-Feb-24,NEFT CLIENT,,"1,00,000.00",Cr,"24,965.50",Cr
""",
    [
        ("2024-01-30", 12505050, 12505050), ("2024-01-31", -8500, 12496550), ("2024-01-31", -20000000, -7503450),
        ("2024-02-01", 10000000, 2496550),
    ],
    open_="currency",
)  # fmt: skip
LAYOUTS["trailing minus and parentheses"] = layout(
    """
Post Date,Details,Amount,Running Balance
13/01/2024,OPENING SALE,"1,250.50","1,250.50"
14/01/2024,ELECTRIC,85.00-,"1,165.50"
15/01/2024,SUPPLIER,($2,000.00),($834.50)
""".replace("($2,000.00),($834.50)", '"($2,000.00)","($834.50)"'),
    [("2024-01-13", 125050, 125050), ("2024-01-14", -8500, 116550), ("2024-01-15", -200000, -83450)],
    open_="currency",
)
LAYOUTS["two lines for each record"] = layout(
    """
Date,Description,Paid out,Paid in,Balance
13 Jan 2024,BALANCE BROUGHT FORWARD,,,0.00
14 Jan 2024,CUSTOMER LTD,,"1,250.50","1,250.50"
,INVOICE 7 OF DECEMBER,,,
15 Jan 2024,DIRECT DEBIT ELECTRIC CO,85.00,,"1,165.50"
,REF 0001 22,,,
16 Jan 2024,STATIONER,12.00,,"1,153.50"
,BALANCE CARRIED FORWARD,,,"1,153.50"
""",
    [("2024-01-14", 125050, 125050), ("2024-01-15", -8500, 116550), ("2024-01-16", -1200, 115350)],
    open_="currency",
    aside=1,
)
LAYOUTS["amex, what was spent above zero"] = layout(
    """
Date,Description,Amount
30/01/2024,STATIONER,12.00
31/01/2024,ELECTRIC CO,85.00
31/01/2024,GARAGE,20.00
""",
    [("2024-01-30", 1200, None), ("2024-01-31", 8500, None), ("2024-01-31", 2000, None)],
    open_="currency sign",
)
