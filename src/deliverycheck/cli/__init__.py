"""Floor 7: the command line, thinly over everything else."""

from deliverycheck.cli.entry import main as main
