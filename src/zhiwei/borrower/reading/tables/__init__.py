"""A file with a table in it -> its cells as text: encodings, separators, workbooks, and where the header is."""
