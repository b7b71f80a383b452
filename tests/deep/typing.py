"""``python -m tests.deep.typing HOME FORM_OF RUN_OF SEED TIMES``: type so many numbers and end.

What is told goes to the standard output. A refused answer is told as well, in the program's words.
"""

import sys
from pathlib import Path

from tests.deep.typist import Typist

if __name__ == "__main__":
    home, form_of, run_of, seed, times = sys.argv[1:]
    typist = Typist(Path(home), form_of, run_of, int(seed), 1)
    typist.type(int(times))
    typist.leave()
