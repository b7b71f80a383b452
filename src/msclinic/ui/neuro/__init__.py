"""The rater's screens: the exam with the computed step beside the rater's, and their list."""
