"""Drawings of graphs: what was computed, from what, and where the gradients went.

`draw_graph` turns a Value into a `graphviz.Digraph`, which a notebook shows by itself; `save`
writes it to a file. Both need the extra ``viz``, and all files but DOT text the Graphviz program.
"""

from autograd_lite.viz.graph import draw_graph
from autograd_lite.viz.network import draw_network
from autograd_lite.viz.render import save

__all__ = ["draw_graph", "draw_network", "save"]
