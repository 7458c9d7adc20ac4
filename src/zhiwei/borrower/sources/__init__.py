"""One module per source: reads what an outside party hands over into canonical records. Sources know no one else."""
