"""`python -m gnomon.guard`: guard's command line with nothing but the standard library."""

import sys

from .command import USAGE, main
from .errors import GuardError

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], "python -m gnomon.guard"))
    except GuardError as error:
        sys.stderr.write(f"gnomon guard: {error.problem}\n{f'next: {error.remedy}' if error.remedy else ''}\n")
        sys.exit(USAGE)
