"""What the program costs against the bare floor on the same machine, in the same run."""
