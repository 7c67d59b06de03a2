"""The command line. The extra [cli] installs its libraries."""
