"""The site archive: everything a site keeps, readable without the program, and its checker."""
