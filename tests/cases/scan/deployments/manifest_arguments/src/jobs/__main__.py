"""Started as a package, by a manifest of several documents."""

from jobs.worker import main

main()
