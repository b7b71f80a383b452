"""msclinic: the program with which a clinic runs an infusion trial in progressive multiple sclerosis."""

__version__ = "0.1.0"
