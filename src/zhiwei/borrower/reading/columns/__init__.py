"""What the columns of a table mean: the mapping, how it is guessed, shown to people and applied."""
