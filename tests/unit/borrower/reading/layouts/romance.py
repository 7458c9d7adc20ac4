"""Banks of France, Italy, Spain, Brazil, Argentina and Romania. All invented."""

# ruff: noqa: E501

from .layout import Layout, layout

LAYOUTS: dict[str, Layout] = {}

LAYOUTS["banque postale, narrow blanks and guillemets"] = layout(
    """
Numéro Compte   ;0000001A020
Type         ;CCP
Compte tenu en  ;euros
Date            ;31/01/2024
Solde (EUROS)   ;1 165,50

Date;Libellé;Débit;Crédit
31/01/2024;« PRÉLÈVEMENT EDF »;85,00;
30/01/2024;« VIREMENT DE CLIENT SARL »;;1\u202f250,50
15/01/2024;ACHAT CB PAPETERIE;12,00;
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None), ("2024-01-15", -1200, None)],
    currency="EUR", account="0000001A020",
)  # fmt: skip
LAYOUTS["boursorama"] = layout(
    """
dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance
2024-01-31;2024-01-31;"PRLV EDF";Energie;Logement;edf;-85,00;;00040000001;BoursoBanque;1165,50
2024-01-30;2024-01-30;"VIR CLIENT SARL";Virements;Revenus;;"1 250,50";;00040000001;BoursoBanque;1165,50
2024-01-13;2024-01-13;"CARTE PAPETERIE";Divers;Divers;;-12,00;;00040000001;BoursoBanque;1165,50
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None), ("2024-01-13", -1200, None)],
    account="00040000001", open_="currency",
)  # fmt: skip
LAYOUTS["fineco"] = layout(
    """
Conto Corrente: 0000001
Intestazione Conto Corrente: G1
Periodo Dal: 01/01/2024 Al: 31/01/2024

Data;Entrate;Uscite;Descrizione;Descrizione_Completa;Stato;Moneymap
31/01/2024;;-85,00;SEPA Direct Debit;ENEL ENERGIA;Contabilizzato;Casa
30/01/2024;1.250,50;;Bonifico SEPA Italia;CLIENTE SRL;Contabilizzato;Entrate
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None)],
    account="0000001", open_="currency",
)  # fmt: skip
LAYOUTS["poste dare avere"] = layout(
    """
DATA CONTABILE;DATA VALUTA;ADDEBITI (euro);ACCREDITI (euro);DESCRIZIONE OPERAZIONI
31/01/24;31/01/24;85,00;;ADDEBITO DIRETTO ENEL
30/01/24;30/01/24;;1.250,50;BONIFICO CLIENTE SRL
""",
    [("2024-01-31", -8500, None), ("2024-01-30", 125050, None)],
    "cp1252", currency="EUR",
)  # fmt: skip
LAYOUTS["caixabank"] = layout(
    """
Movimientos de la cuenta ES91 2100 0418 4502 0005 1332

Fecha;Fecha valor;Movimiento;Más datos;Importe;Saldo
31/01/2024;31/01/2024;RECIBO LUZ;IBERDROLA;-85,00EUR;1.165,50EUR
30/01/2024;30/01/2024;TRANSFERENCIA;CLIENTE SL;+1.250,50EUR;1.250,50EUR
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    "cp1252", currency="EUR", account="ES9121000418450200051332",
)  # fmt: skip
LAYOUTS["nubank"] = layout(
    """
Data,Valor,Identificador,Descrição
30/01/2024,1250.50,65b90000-0000-4000-8000-000000000001,Transferência recebida pelo Pix - CLIENTE LTDA
31/01/2024,-85.00,65b90000-0000-4000-8000-000000000002,Pagamento de boleto efetuado - ENERGIA
""",
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None)],
    open_="currency",
)
LAYOUTS["itau"] = layout(
    """
Atualização:;01/02/2024 às 10:00h;;;
Agência:;0001;;;
Conta:;00001-2;;;
Lançamentos;;;;
data;lançamento;ag./origem;valor (R$);saldos (R$)
28/12/2023;SALDO ANTERIOR;;;0,00
30/01/2024;PIX TRANSF CLIENTE;;1.250,50;
30/01/2024;SALDO TOTAL DISPONÍVEL DIA;;;1.250,50
31/01/2024;PAG BOLETO ENERGIA;0001;-85,00;
31/01/2024;SALDO TOTAL DISPONÍVEL DIA;;;1.165,50
""",
    [("2024-01-30", 125050, None), ("2024-01-31", -8500, None)],
    "cp1252", currency="BRL", account="000012", aside=3,
)  # fmt: skip
LAYOUTS["bradesco, extrato"] = layout(
    """
Extrato de: Ag: 1 | Conta: 1-2 | Entre 01/01/2024 e 31/01/2024
Data;Histórico;Docto.;Crédito (R$);Débito (R$);Saldo (R$)
29/01/24;SALDO ANTERIOR;;;;"0,00"
30/01/24;TRANSFERENCIA PIX;1234567;"1.250,50";;"1.250,50"
31/01/24;CONTA DE LUZ;7654321;;"-85,00";"1.165,50"
;Total;;"1.250,50";"-85,00";"1.165,50"
""",
    [("2024-01-30", 125050, 125050), ("2024-01-31", -8500, 116550)],
    "cp1252", currency="BRL", aside=1,
)  # fmt: skip
LAYOUTS["galicia argentina"] = layout(
    """
Fecha;Descripción;Origen;Débitos;Créditos;Grupo de Conceptos;Concepto;Número de Terminal;Observaciones Cliente;Número de Comprobante;Leyendas Adicionales 1;Tipo de Movimiento;Saldo
31/01/2024;PAGO SERVICIO EDENOR;0001;85,00;0,00;19;PAGOS;;;1;;Imputado;1.165,50
30/01/2024;TRANSFERENCIA CLIENTE SA;0001;0,00;1.250,50;01;ACREDITAMIENTO;;;2;;Imputado;1.250,50
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    open_="currency",
)
LAYOUTS["banca transilvania"] = layout(
    """
Extras de cont
Numar cont:,RO49AAAA1B31007593840000,Moneda:,RON

Data tranzactie,Data valuta,Descriere,Referinta tranzactiei,Debit,Credit,Sold contabil
2024-01-31,2024-01-31,"Plata factura energie",000EI1,"-85.00",,"1,165.50"
2024-01-30,2024-01-30,"Incasare client SRL",000EI2,,"1,250.50","1,250.50"
""",
    [("2024-01-31", -8500, 116550), ("2024-01-30", 125050, 125050)],
    currency="RON", account="RO49AAAA1B31007593840000",
)  # fmt: skip
