"""The journal on screen: looked through, reviewed, taken out, and personal data removed from it."""
