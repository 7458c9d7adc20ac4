"""Statements as banks of many countries export them: header rows, signs, dates, encodings. All numbers are invented.

LAYOUTS: name -> (bytes, [(day, amount, balance or None)]) in minor units, the truth told by hand.
"""

# ruff: noqa: E501

LAYOUTS: dict[str, tuple[bytes, list[tuple[str, int, int | None]]]] = {}


def add(name: str, text: str, rows: list[tuple[str, int, int | None]], encoding: str = "utf-8") -> None:
    LAYOUTS[name] = (text.removeprefix("\n").encode(encoding), rows)


add(
    "sparkasse camt csv",
    """
"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"
"DE89370400440532013000";"05.01.24";"05.01.24";"FOLGELASTSCHRIFT";"Strom 123";"DE98ZZZ";"M1";"E1";"";"";"";"Stadtwerke";"DE02120300000000202051";"BYLADEM1001";"-85,00";"EUR";"Umsatz gebucht"
"DE89370400440532013000";"04.01.24";"04.01.24";"GUTSCHR. UEBERWEISUNG";"Rechnung 7";"";"";"";"";"";"";"Kunde GmbH";"DE02500105170137075030";"INGDDEFF";"1.250,50";"EUR";"Umsatz gebucht"
"DE89370400440532013000";"14.01.24";"04.01.24";"GUTSCHR. UEBERWEISUNG";"Rechnung 8";"";"";"";"";"";"";"Kunde GmbH";"DE02500105170137075030";"INGDDEFF";"99,00";"EUR";"Umsatz gebucht"
""",
    [("2024-01-05", -8500, None), ("2024-01-04", 125050, None), ("2024-01-14", 9900, None)],
    "cp1252",
)
add(
    "dkb",
    """
"Girokonto";"DE12345678901234567890"
"Zeitraum:";"01.01.2024 - 31.01.2024"
"Kontostand vom 31.01.2024:";"1.234,56 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"
"31.01.24";"31.01.24";"Gebucht";"ISSUER";"REWE Markt";"Einkauf";"Ausgang";"DE11111111111111111111";"-45,67";"";"";"1"
"30.01.24";"30.01.24";"Gebucht";"Firma A";"Ich";"Lohn";"Eingang";"DE22222222222222222222";"2.000,00";"";"";"2"
""",
    [("2024-01-31", -4567, None), ("2024-01-30", 200000, None)],
)
add(
    "commerzbank",
    """
Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;IBAN Kontoinhaber;Kategorie
31.01.2024;31.01.2024;Lastschrift;Miete Januar;-950,00;EUR;DE89370400440532013000;Wohnen
29.01.2024;29.01.2024;Gutschrift;Rechnung 12;1200;EUR;DE89370400440532013000;Einnahmen
""",
    [("2024-01-31", -95000, None), ("2024-01-29", 120000, None)],
)
add(
    "soll haben split",
    """
Datum;Text;Soll;Haben;Saldo
02.01.2024;Miete;500,00;;1.500,00
03.01.2024;Verkauf;;250,00;1.750,00
04.01.2024;Verkauf;;50,00;1.800,00
""",
    [("2024-01-02", -50000, 150000), ("2024-01-03", 25000, 175000), ("2024-01-04", 5000, 180000)],
)
add(
    "S/H kennzeichen",
    """
Buchungstag;Empfänger/Zahlungspflichtiger;Vorgang/Verwendungszweck;Kundenreferenz;Währung;Umsatz;Soll/Haben
30.01.2024;Firma B;Rechnung;1;EUR;10,00;H
31.01.2024;Firma C;Einkauf;2;EUR;25,50;S
""",
    [("2024-01-30", 1000, None), ("2024-01-31", -2550, None)],
    "cp1252",
)
add(
    "lloyds",
    """
Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance
31/01/2024,DD,'30-00-00,12345678,ELECTRIC CO,85.00,,1165.50
30/01/2024,FPI,'30-00-00,12345678,CUSTOMER LTD,,250.50,1250.50
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 25050, 125050)],
)
add(
    "hsbc us mm/dd",
    """
Date,Description,Amount,Running Bal.
01/31/2024,"ACME PAYROLL","1,500.00","2,500.00"
02/01/2024,"RENT","-900.00","1,600.00"
""",
    [("2024-01-31", 150000, 250000), ("2024-02-01", -90000, 160000)],
)
add(
    "bofa summary",
    """
Description,,Summary Amt.
Beginning balance as of 01/01/2024,,"1,000.00"
Total credits,,"1,500.00"
Total debits,,"-900.00"
Ending balance as of 01/31/2024,,"1,600.00"

Date,Description,Amount,Running Bal.
01/01/2024,Beginning balance as of 01/01/2024,,"1,000.00"
01/15/2024,"ACME","1,500.00","2,500.00"
01/20/2024,"RENT","-900.00","1,600.00"
""",
    [("2024-01-15", 150000, 250000), ("2024-01-20", -90000, 160000)],
)
add(
    "bnp",
    """
Compte de chèques;FR7630004000031234567890143;31/01/2024;;1 165,50
Date operation;Libelle court;Type operation;Libelle operation;Montant operation en euro
15/01/2024;PRLV SEPA;PRELEVEMENT;EDF FACTURE;-85,00
31/01/2024;VIR RECU;VIREMENT;CLIENT SARL;1 250,50
""",
    [("2024-01-15", -8500, None), ("2024-01-31", 125050, None)],
    "cp1252",
)
add(
    "credit agricole",
    """
Téléchargement du 01/02/2024

Compte Courant n° 12345678901
Solde au 31/01/2024 1 165,50 €

Date;Libellé;Débit euros;Crédit euros;
31/01/2024;"PRELEVEMENT EDF
 FACTURE 1";85,00;;
30/01/2024;"VIREMENT CLIENT";;1 250,50;
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None)],
    "cp1252",
)
add(
    "bbva",
    """
BBVA Movimientos
Cuenta: ES9121000418450200051332

F.Valor;Fecha;Concepto;Movimiento;Importe;Divisa;Disponible;Divisa;Observaciones
31/01/2024;31/01/2024;Recibo luz;Adeudo;-85,00;EUR;1.165,50;EUR;Iberdrola
30/01/2024;30/01/2024;Transferencia;Abono;250,50;EUR;1.250,50;EUR;Cliente
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 25050, 125050)],
)
add(
    "santander cargo abono",
    """
Fecha;Descripción;Cargo;Abono;Saldo
02/01/2024;Pago luz;85,00;;915,00
03/01/2024;Ingreso;;250,50;1.165,50
13/01/2024;Ingreso;;10,00;1.175,50
""",
    [("2024-01-02", -8500, 91500), ("2024-01-03", 25050, 116550), ("2024-01-13", 1000, 117550)],
    "cp1252",
)
add(
    "intesa dare avere",
    """
Data Contabile;Data Valuta;Descrizione;Dare;Avere;Divisa
15/01/2024;16/01/2024;Bolletta;85,00;;EUR
31/01/2024;31/01/2024;Bonifico cliente;;1.250,50;EUR
""",
    [("2024-01-15", -8500, None), ("2024-01-31", 125050, None)],
)
add(
    "unicredit",
    """
Data Registrazione;Data valuta;Descrizione;Importo (EUR);
31.01.2024;31.01.2024;PAGAMENTO POS;-85,00;
30.01.2024;30.01.2024;BONIFICO;1.250,50;
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None)],
)
add(
    "rabobank",
    """
"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN","Naam tegenpartij","Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID","Transactiereferentie","Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1","Omschrijving-2"
"NL44RABO0123456789","EUR","RABONL2U","000000000000000001","2024-01-30","2024-01-30","+1250,50","+1250,50","NL91ABNA0417164300","Klant BV","","","ABNANL2A","cb","","","","","","Factuur 7",""
"NL44RABO0123456789","EUR","RABONL2U","000000000000000002","2024-01-31","2024-01-31","-85,00","+1165,50","NL02ABNA0123456789","Energie NV","","","ABNANL2A","ei","","","","","","Stroom",""
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "cp1252",
)
add(
    "kbc be",
    """
Rekeningnummer;Rubrieknaam;Naam;Munt;Afschriftnummer;Datum;Omschrijving;Valuta;Bedrag;Saldo;credit;debet;rekeningnummer tegenpartij;BIC tegenpartij;Naam tegenpartij;Adres tegenpartij;gestructureerde mededeling;Vrije mededeling
BE71096123456769;zicht;FIRMA;EUR;2024001;30/01/2024;Overschrijving van klant;30/01/2024;1250,50;1250,50;1250,50;;BE68539007547034;KREDBEBB;Klant NV;;;factuur 7
BE71096123456769;zicht;FIRMA;EUR;2024001;31/01/2024;Domiciliering;31/01/2024;-85,00;1165,50;;-85,00;BE68539007547000;KREDBEBB;Energie;;;stroom
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
)
add(
    "mbank pl",
    """
mBank S.A. Bankowość Detaliczna;
#Klient;
FIRMA A;

#Okres:;
01.01.2024;31.01.2024;

#Data operacji;#Data księgowania;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo po operacji;
2024-01-30;2024-01-30;PRZELEW PRZYCHODZĄCY;FAKTURA 7;KLIENT;'PL61109010140000071219812874';1 250,50;1 250,50;
2024-01-31;2024-01-31;POLECENIE ZAPŁATY;PRĄD;ENERGA;'PL27114020040000300201355387';-85,00;1 165,50;
;;;;;;#Saldo końcowe;1 165,50 PLN;
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "cp1250",
)
add(
    "fio cz",
    """
accountId;2000145399
bankId;2010
currency;CZK
iban;CZ1720100000002000145399

ID operace;Datum;Objem;Měna;Protiúčet;Název protiúčtu;Kód banky;KS;VS;Zpráva pro příjemce;Poznámka;Typ
1158218819;30.01.2024;1250,50;CZK;2212-0000000000;Klient;2010;;7;faktura;;Příjem
1158152824;31.01.2024;-85,00;CZK;2212-0000000001;Energie;2010;;8;elektrina;;Platba
""",
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None)],
)
add(
    "otp hu",
    """
Könyvelés dátuma;Értéknap;Összeg;Devizanem;Egyenleg;Ellenoldali név;Közlemény
2024.01.30;2024.01.30;125 050;HUF;125 050;Ügyfél Kft;számla 7
2024.01.31;2024.01.31;-8 500;HUF;116 550;Áram Zrt;áram
""",
    [("2024-01-30", 12505000, 12505000), ("2024-01-31", -850000, 11655000)],
)
add(
    "swedbank",
    """
* Transaktionsrapport Period 2024-01-01 – 2024-01-31 Skapad 2024-02-01 10:00 CET
Radnummer,Clearingnummer,Kontonummer,Produkt,Valuta,Bokföringsdag,Transaktionsdag,Valutadag,Referens,Beskrivning,Belopp,Bokfört saldo
1,81059,1234567890,Företagskonto,SEK,2024-01-31,2024-01-31,2024-01-31,EL,EL AB,-85.00,1165.50
2,81059,1234567890,Företagskonto,SEK,2024-01-30,2024-01-30,2024-01-30,KUND,KUND AB,1250.50,1250.50
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
)
add(
    "dnb no",
    """
"Dato";"Forklaring";"Rentedato";"Ut fra konto";"Inn på konto"
"15.01.2024";"Strøm";"15.01.2024";"85,00";""
"31.01.2024";"Kunde AS";"31.01.2024";"";"1.250,50"
""",
    [("2024-01-15", -8500, None), ("2024-01-31", 125050, None)],
    "cp1252",
)
add(
    "danske",
    """
"Dato";"Tekst";"Beløb";"Saldo";"Status";"Afstemt"
"30.01.2024";"Kunde A/S";"1.250,50";"1.250,50";"Udført";"Nej"
"31.01.2024";"El";"-85,00";"1.165,50";"Udført";"Nej"
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "cp1252",
)
add(
    "nordea fi",
    """
Kirjauspäivä;Määrä;Maksaja;Maksunsaaja;Nimi;Otsikko;Saldo;Valuutta
2024/01/31;-85,00;FI2112345600000785;;SÄHKÖ OY;Lasku;1165,50;EUR
2024/01/30;1250,50;;FI2112345600000785;ASIAKAS OY;Lasku 7;1250,50;EUR
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
)
add(
    "russian",
    """
Номер счета;Дата операции;Описание;Приход;Расход;Остаток;Валюта
40702810900000000001;30.01.2024;Оплата по счету 7;1250,50;0,00;1250,50;RUB
40702810900000000001;31.01.2024;Электроэнергия;0,00;85,00;1165,50;RUB
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "cp1251",
)
add(
    "revolut",
    """
Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
TRANSFER,Current,2024-01-30 09:00:00,2024-01-30 09:00:05,From Client,1250.50,0.00,EUR,COMPLETED,1250.50
CARD_PAYMENT,Current,2024-01-30 22:00:00,2024-01-31 10:00:00,Electric,-85.00,0.00,EUR,COMPLETED,1165.50
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
)
add(
    "india hdfc",
    """
HDFC BANK Ltd.,,,,,,
Account No :,50100012345678,,,,,
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
********,********,********,********,********,********,********
30/01/24,NEFT CLIENT,0000000001,30/01/24,,"1,25,050.50","1,25,050.50"
31/01/24,BILLPAY ELECTRIC,0000000002,31/01/24,85.00,,"1,24,965.50"

STATEMENT SUMMARY :-,,,,,,
Opening Balance,,Dr Count,,Debits,Credits,Closing Bal
0.00,,1,,85.00,125050.50,"1,24,965.50"
""",
    [("2024-01-30", 12505050, 12505050), ("2024-01-31", -8500, 12496550)],
)
add(
    "portugal",
    """
Data mov.;Data valor;Descrição;Débito;Crédito;Saldo contabilístico
15-01-2024;15-01-2024;EDP;85,00;;915,00
31-01-2024;31-01-2024;Cliente Lda;;1.250,50;2.165,50
""",
    [("2024-01-15", -8500, 91500), ("2024-01-31", 125050, 216550)],
    "cp1252",
)
add(
    "turkish",
    """
Tarih;Açıklama;Tutar;Bakiye
30.01.2024;Müşteri;1.250,50;1.250,50
31.01.2024;Elektrik;-85,00;1.165,50
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
)
add(
    "swiss ubs",
    """
Kontonummer:;0234 00123456.40;
IBAN:;CH43 0023 4234 1234 5640 A;
Von:;2024-01-01;
Anfangssaldo:;0.00;
Schlusssaldo:;1165.50;
Bewertet in:;CHF;

Abschlussdatum;Buchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;Einzelbetrag;Saldo;Transaktions-Nr.;Beschreibung1;Beschreibung2
2024-01-31;2024-01-31;2024-01-31;CHF;-85.00;;;1'165.50;9930000TI1;"EWZ";"Strom"
2024-01-30;2024-01-30;2024-01-30;CHF;;1'250.50;;1'250.50;9930000TI2;"Kunde AG";"Rechnung"
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
)
add(
    "alipay",
    """
支付宝交易记录明细查询
账号:[test@example.com]
起始日期:[2024-01-01 00:00:00]    终止日期:[2024-02-01 00:00:00]
---------------------------------交易记录明细列表------------------------------------
交易号                  ,商家订单号               ,交易创建时间              ,交易对方            ,商品名称                ,金额（元）   ,收/支     ,交易状态    ,服务费（元）
2024013022001	,T1	,2024-01-30 09:00:00 ,客户公司 ,货款 ,1250.50 ,收入 ,交易成功 ,0.00
2024013122001	,T2	,2024-01-31 09:00:00 ,电力 ,电费 ,85.00 ,支出 ,交易成功 ,0.00
------------------------------------------------------------------------------------
共2笔记录
""",
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None)],
    "gb18030",
)
add(
    "ccb",
    """
中国建设银行账户明细,,,,,,,,
账  号：,6217000010012345678,,,币种：人民币,,,,
序号,摘要,币别,钞汇,交易日期,交易金额,账户余额,交易地点/附言,对方账号与户名
1,转账存入,人民币元,钞,20240130,"1,250.50","1,250.50",货款,6222****1234/客户公司
2,消费,人民币元,钞,20240131,-85.00,"1,165.50",电费,国网电力
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "gb18030",
)
add(
    "icbc",
    """
"[明细] 工商银行",
"卡号:","6222080012345678","开户网点:","测试支行"
交易日期,摘要,交易详情,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,记账金额(收入),记账金额(支出),记账币种,余额,对方户名,对方账户
2024-01-31,消费,电费,网上,CHN,钞,,85.00,人民币,,85.00,人民币,"1,165.50",国网电力,
2024-01-30,汇款,货款,网上,CHN,钞,"1,250.50",,人民币,"1,250.50",,人民币,"1,250.50",客户公司,6222021
合计收入金额:,"1,250.50",合计支出金额:,85.00
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    "utf-8-sig",
)
add(
    "cmb dr cr corporate",
    """
账号,账号名称,币种,交易日,交易时间,起息日,交易类型,借方金额,贷方金额,余额,摘要,流水号,收/付方名称,收/付方账号
571900001110901,测试公司,人民币,20240130,090000,20240130,转账,,1250.50,1250.50,货款,C01,客户公司,622202
571900001110901,测试公司,人民币,20240131,100000,20240131,转账,85.00,,1165.50,电费,C02,国网电力,622203
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "gb18030",
)
add(
    "no words at all",
    """
A,B,C,D
2024-01-02,foo,100.00,1100.00
2024-01-03,bar,-50.00,1050.00
2024-01-04,baz,25.00,1075.00
""",
    [("2024-01-02", 10000, 110000), ("2024-01-03", -5000, 105000), ("2024-01-04", 2500, 107500)],
)
add(
    "unknown language two columns",
    """
Päeva;Kirje;Läks;Tuli;Jääk
15.01.2024;Elekter;85,00;;915,00
16.01.2024;Klient;;250,50;1165,50
17.01.2024;Klient;;10,00;1175,50
18.01.2024;Rent;75,50;;1100,00
""",
    [
        ("2024-01-15", -8500, 91500),
        ("2024-01-16", 25050, 116550),
        ("2024-01-17", 1000, 117550),
        ("2024-01-18", -7550, 110000),
    ],
)
