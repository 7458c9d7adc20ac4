"""Commands about what a business lets us know."""
