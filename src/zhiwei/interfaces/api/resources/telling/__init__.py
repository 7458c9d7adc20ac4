"""What is told to partners: events as a feed, and webhooks."""
