"""`python -m deliverycheck`."""

from deliverycheck.cli import main

main()
