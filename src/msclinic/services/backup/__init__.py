"""Backups: made of the open record, proved, carried to other media, thinned out, remembered."""
