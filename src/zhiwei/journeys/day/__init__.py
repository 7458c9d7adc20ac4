"""The day: closed in shards, examined by the doctor."""
