"""Those who embed the platform: clients of the API, what they may do and see."""
