"""What the templates show of the document.

openapi-python-client gives its templates the parsed document. The views add the expressions,
docstrings and imports, so that the templates are text and decide nothing.
"""
