"""What was said, by whom, in which order (`book`), and the files it was said about (`vault`); neither forgets."""
