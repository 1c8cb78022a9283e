"""Drawings: graphs of Values, and networks of neurons.

`draw_graph` turns a Value into a `graphviz.Digraph`, which a notebook shows by itself; `save`
writes it to a file, for which all formats but DOT text need Graphviz: the program, or the package
of the extra ``render``. `draw_network` draws layers, weights and activations with matplotlib. What
both need comes with the extra ``viz``. `to_text`, `to_mermaid` and `to_json` write graphs as text,
and need no other package. `explore` makes a web page that plays a graph forward and backward,
`explore_network` one with a trained network in it. A `TrainingFilm` records a training, which
`draw_training` draws and `explore_training` plays.
"""

from autograd_lite.viz.calls import ModuleCalls, record_modules
from autograd_lite.viz.difference import Change, GraphDifference, compare_graphs
from autograd_lite.viz.draw_difference import draw_difference
from autograd_lite.viz.explore import explore
from autograd_lite.viz.explore_network import explore_network
from autograd_lite.viz.explore_training import explore_training
from autograd_lite.viz.failure import draw_failure
from autograd_lite.viz.film import Frame, TrainingFilm
from autograd_lite.viz.film_figure import draw_training
from autograd_lite.viz.graph import draw_graph
from autograd_lite.viz.json_format import to_json
from autograd_lite.viz.mermaid import to_mermaid
from autograd_lite.viz.network import draw_network
from autograd_lite.viz.page import Page
from autograd_lite.viz.render import save
from autograd_lite.viz.scalars import ScalarGraph, scalar_graph
from autograd_lite.viz.tree import to_text

__all__ = [
    "Change",
    "Frame",
    "GraphDifference",
    "ModuleCalls",
    "Page",
    "ScalarGraph",
    "TrainingFilm",
    "compare_graphs",
    "draw_difference",
    "draw_failure",
    "draw_graph",
    "draw_network",
    "draw_training",
    "explore",
    "explore_network",
    "explore_training",
    "record_modules",
    "save",
    "scalar_graph",
    "to_json",
    "to_mermaid",
    "to_text",
]
