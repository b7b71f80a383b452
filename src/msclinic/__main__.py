"""Runs ``msclinic`` as ``python -m msclinic``; the same as the installed program."""

from msclinic.program import main

if __name__ == "__main__":
    main()
