"""First run, sign-in and lock: what is seen before anyone is known."""
