"""Commands about those who embed the platform."""
