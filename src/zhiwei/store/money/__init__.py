"""Lines, loans and their events; a money journey reads and writes them at one desk."""
