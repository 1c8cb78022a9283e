"""Sphinx's settings: `make docs` builds the pages."""

import autograd_lite

project = "autograd_lite"
author = "The autograd_lite authors"
copyright = "The autograd_lite authors"  # noqa: A001  (Sphinx's name)
release = autograd_lite.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = False

html_theme = "furo"
html_title = "autograd_lite"
