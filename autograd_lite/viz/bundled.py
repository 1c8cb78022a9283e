"""Lay out DOT text with the Graphviz libraries that come with pygraphviz: a program of its own.

It reads the text from its input and writes the image to its output. As another process it can be
stopped after some time, and a crash of the libraries leaves the caller alive::

    python -P bundled.py dot svg dpi=96 < graph.dot > graph.svg
"""

from __future__ import annotations

import sys

import pygraphviz

__all__ = ["main"]


def main(engine: str, image_format: str, *attributes: str) -> None:
    """Draw the graph on the standard input, with these attributes of the graph as well."""
    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
    graph.graph_attr.update(attribute.split("=", 1) for attribute in attributes)
    sys.stdout.buffer.write(graph.draw(prog=engine, format=image_format))


if __name__ == "__main__":
    main(*sys.argv[1:])
