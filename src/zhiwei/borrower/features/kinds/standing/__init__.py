"""What others say of a party: registers, courts, the bureau, valuers and verifiers."""
