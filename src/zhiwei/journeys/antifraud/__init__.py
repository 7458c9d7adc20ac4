"""What the network of parties says, and what the checks find: built in batch, asked one party at a time."""
