"""``python -m sim``: the same as the command ``sim``."""

import sys

try:
    from sim.cli import main
except KeyboardInterrupt:  # before there is a command that could say so
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
