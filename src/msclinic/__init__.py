"""msclinic: runs an infusion trial in progressive multiple sclerosis at a clinic."""

__version__ = "0.1.0"
