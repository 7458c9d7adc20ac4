"""What a business lets be seen, and the records that come of it."""
