"""What each operation of a document sends and reads, and how the parser sees it."""
