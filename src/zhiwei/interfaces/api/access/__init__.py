"""Who may come in: proofs, tokens, scopes, and the admission of each call."""
