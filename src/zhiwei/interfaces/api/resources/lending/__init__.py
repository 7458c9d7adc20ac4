"""Lending by API: apply, decide, accept, draw, repay, draw again."""
