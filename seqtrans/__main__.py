"""`python -m seqtrans` is `seqtrans`."""

from seqtrans.cli import main

main()
