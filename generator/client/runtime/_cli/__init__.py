"""The command line, which the extra [cli] brings the libraries of."""
