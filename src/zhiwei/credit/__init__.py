"""Layer 2, the four links of credit technology: acquisition, antifraud, underwriting, monitoring."""
