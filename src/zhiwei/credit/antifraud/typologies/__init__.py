"""One module for each way of cheating: records in, findings out. Pure, for one party or for all of them at once."""
