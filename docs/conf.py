"""Sphinx's settings: `make docs` builds the pages."""

import autograd_lite

project = "autograd_lite"
author = "The autograd_lite authors"
copyright = "The autograd_lite authors"
release = autograd_lite.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "autograd_lite"
