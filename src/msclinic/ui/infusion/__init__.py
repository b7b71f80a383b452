"""The infusion run on screen: phases, the step at hand, the clock, gates and the second check."""
