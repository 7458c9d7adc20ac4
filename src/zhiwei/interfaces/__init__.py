"""The doors: what partners call, and what is told to them."""
