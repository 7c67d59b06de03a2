"""What each operation of a document sends and reads."""
