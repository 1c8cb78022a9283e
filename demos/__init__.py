"""The figures and claims of the article, one runnable module each; `python -m demos` lists them."""
