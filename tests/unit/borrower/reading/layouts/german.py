"""Banks of Germany, Austria, Switzerland and the Netherlands. All invented."""

# ruff: noqa: E501

from .layout import Layout, layout

LAYOUTS: dict[str, Layout] = {}

LAYOUTS["n26"] = layout(
    """
"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"
2024-01-30,2024-01-30,"Kunde GmbH",DE02120300000000202051,"Credit Transfer","Rechnung 7","Main Account",1250.5,,,
2024-01-31,2024-01-31,"Stadtwerke",DE02500105170137075030,"Direct Debit","Strom","Main Account",-85.0,,,
2024-01-31,2024-01-31,"Shop NY",,"Presentment",,"Main Account",-12.0,-13.05,USD,0.9195
""",
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None), ("2024-01-31", -1200, None)],
    currency="EUR",
)
LAYOUTS["ing de"] = layout(
    """
Umsatzanzeige;Datei erstellt am: 01.02.2024 10:00

IBAN;DE89 3704 0044 0532 0130 00
Kontoname;Girokonto
Bank;ING
Kunde;G1
Zeitraum;01.01.2024 - 31.01.2024
Saldo;1.165,50;EUR

Sortierung;Datum absteigend

In der CSV-Datei finden Sie alle bereits gebuchten Umsätze. Die vorgemerkten Umsätze werden nicht aufgenommen, auch wenn sie in Ihrem Internetbanking angezeigt werden.

Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung
31.01.2024;31.01.2024;Stadtwerke;Lastschrift;Strom;1.165,50;EUR;-85,00;EUR
30.01.2024;30.01.2024;Kunde GmbH;Gutschrift;Rechnung 7;1.250,50;EUR;1.250,50;EUR
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    "cp1252", currency="EUR", account="DE89370400440532013000",
)  # fmt: skip
LAYOUTS["deutsche bank"] = layout(
    """
Umsätze Girokonto;;;Kundennummer: 100 0000001
01.01.2024 - 31.01.2024
Alter Kontostand;;;;0,00;EUR
Vorgemerkte und noch nicht gebuchte Umsätze sind nicht Bestandteil dieser Übersicht.
Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;BIC;Kundenreferenz;Mandatsreferenz ;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;Anzahl der Schecks;Soll;Haben;Währung
30.1.2024;30.1.2024;SEPA-Gutschrift von;Kunde GmbH;Rechnung 7;DE02120300000000202051;BYLADEM1001;;;;;;;;;;1.250,50;EUR
31.1.2024;31.1.2024;SEPA-Lastschrift von;Stadtwerke;Strom;DE02500105170137075030;INGDDEFF;;M1;DE98ZZZ;;;;;;-85,00;;EUR
Kontostand;31.1.2024;;;1.165,50;EUR
""",
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None)],
    "cp1252", currency="EUR",
)  # fmt: skip
LAYOUTS["volksbank"] = layout(
    """
Bezeichnung Auftragskonto;IBAN Auftragskonto;BIC Auftragskonto;Bankname Auftragskonto;Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;BIC (SWIFT-Code) Zahlungsbeteiligter;Buchungstext;Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung;Bemerkung;Kategorie;Steuerrelevant;Glaeubiger ID;Mandatsreferenz
Kontokorrent;DE89370400440532013000;GENODEF1;Volksbank;31.01.2024;31.01.2024;Stadtwerke;DE02500105170137075030;INGDDEFF;Basislastschrift;Strom;-85,00;EUR;1165,50;;Sonstiges;;DE98ZZZ;M1
Kontokorrent;DE89370400440532013000;GENODEF1;Volksbank;30.01.2024;30.01.2024;Kunde GmbH;DE02120300000000202051;BYLADEM1001;Überweisungsgutschr.;Rechnung 7;1250,50;EUR;1250,50;;Einnahmen;;;
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    currency="EUR", account="DE89370400440532013000",
)  # fmt: skip
LAYOUTS["erste at, no header"] = layout(
    """
"AT611904300234573201";"Stadtwerke Strom";"31.01.2024";"31.01.2024";"-85,00";"EUR"
"AT611904300234573201";"Kunde GmbH Rechnung 7";"30.01.2024";"30.01.2024";"1.250,50";"EUR"
"AT611904300234573201";"Papier";"29.01.2024";"30.01.2024";"-12,00";"EUR"
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None), ("2024-01-29", -1200, None)],
    currency="EUR", account="AT611904300234573201",
)  # fmt: skip
LAYOUTS["postfinance"] = layout(
    """
Datum von:;="01.01.2024"
Datum bis:;="31.01.2024"
Buchungsart:;="Alle Buchungen"
Konto:;="CH9300762011623852957"
Währung:;="CHF"

Datum;Bewegungstyp;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie
31.01.2024;Lastschrift;"EWZ STROM";;-85.00;;
30.01.2024;Gutschrift;"KUNDE AG RECHNUNG 7";1'250.50;;;

Disclaimer:
Der Dokumentinhalt wurde durch Filtereinstellungen generiert.
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None)],
    currency="CHF", account="CH9300762011623852957",
)  # fmt: skip
LAYOUTS["ing nl"] = layout(
    """
"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen";"Saldo na mutatie";"Tag"
"20240131";"Energie NV";"NL20INGB0001234567";"NL02ABNA0123456789";"IC";"Af";"85,00";"Incasso";"Stroom";"1165,50";""
"20240130";"Klant BV";"NL20INGB0001234567";"NL91ABNA0417164300";"OV";"Bij";"1250,50";"Overschrijving";"Factuur 7";"1250,50";""
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    currency="EUR", account="NL20INGB0001234567",
)  # fmt: skip
LAYOUTS["ing nl in english"] = layout(
    """
"Date","Name / Description","Account","Counterparty","Code","Debit/credit","Amount (EUR)","Transaction type","Notifications"
"20240131","Energie NV","NL20INGB0001234567","NL02ABNA0123456789","IC","Debit","85,00","SEPA direct debit","Stroom"
"20240130","Klant BV","NL20INGB0001234567","NL91ABNA0417164300","OV","Credit","1250,50","Transfer","Factuur 7"
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None)],
    currency="EUR", account="NL20INGB0001234567",
)  # fmt: skip
LAYOUTS["abn amro tab, no header"] = layout(
    """
500000001	EUR	20240130	0,00	1250,50	20240130	1250,50	SEPA Overboeking Klant BV Factuur 7
500000001	EUR	20240131	1250,50	1165,50	20240131	-85,00	SEPA Incasso Energie NV Stroom
500000001	EUR	20240201	1165,50	1153,50	20240201	-12,00	BEA Papier
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550), ("2024-02-01", -1200, 115350)],
    currency="EUR", account="500000001",
)  # fmt: skip
