"""What a business lets us know: consent, records received under it, and the picture they give."""
