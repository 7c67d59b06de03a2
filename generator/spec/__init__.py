"""OpenAPI documents: read, check, correct and write them."""
