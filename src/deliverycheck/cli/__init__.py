"""Floor 7: the command line, thinly over everything else."""

from deliverycheck.cli.app import main as main
