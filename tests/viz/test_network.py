"""The drawing of a network: what is drawn is what the network holds and computes."""

import subprocess
import sys
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import autograd_lite as al
from autograd_lite.errors import ArgumentError, MissingDependencyError, ShapeError
from autograd_lite.nn import MLP, Dropout, Identity, Linear, ReLU, Sequential, Sigmoid, Softmax
from autograd_lite.viz import network as drawing
from autograd_lite.viz.network import draw_network

mpl.use("Agg")

PURPLE, RED_ORANGE = to_rgb(drawing.POSITIVE_WEIGHT), to_rgb(drawing.NEGATIVE_WEIGHT)
GREEN, RED = to_rgb(drawing.ABOVE_HALF), to_rgb(drawing.BELOW_HALF)
WHITE = (1.0, 1.0, 1.0)


def part(figure, gid):
    """Return the collection or the texts with a name."""
    ax = figure.axes[0]
    found = [c for c in ax.collections if c.get_gid() == gid]
    return found[0] if found else [t.get_text() for t in ax.texts if t.get_gid() == gid]


def colours(collection):
    return [tuple(rgba[:3]) for rgba in collection.get_facecolor()]


def edges(figure, i):
    """Return ``{(from, to): (width, rgb, alpha)}`` with places counted from the top."""
    collection = part(figure, f"weights-{i}")
    segments = np.array(collection.get_segments())
    (start, end) = (rank_from_top(segments[:, k, 1]) for k in (0, 1))
    looks = zip(collection.get_linewidth(), collection.get_color(), strict=True)
    return {
        (int(a), int(b)): (float(width), tuple(rgba[:3]), float(rgba[3]))
        for a, b, (width, rgba) in zip(start, end, looks, strict=True)
    }


def rank_from_top(y):
    return np.unique(-y.round(9), return_inverse=True)[1]


def small_network():
    """Return 2 → 3 → 1 with weights to check by eye."""
    net = MLP([2, 3, 1], rng=0)
    first, last = net[0], net[2]
    first.weight.data = np.array([[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
    first.bias.data = np.zeros(3)
    last.weight.data = np.array([[2.0, -1.0, 0.5]])
    last.bias.data = np.array([0.25])
    return net


X = [1.0, 2.0]  # hidden: relu(-3, 0.5, 7) = 0, 0.5, 7; logit: -0.5 + 3.5 + 0.25 = 3.25


# Edges


def test_edges_are_weights():
    drawn = edges(draw_network(small_network()), 1)
    assert set(drawn) == {(a, b) for a in range(2) for b in range(3)}
    assert drawn[0, 0][1] == pytest.approx(PURPLE)  # weight[0, 0] = 1
    assert drawn[1, 0][1] == pytest.approx(RED_ORANGE)  # weight[0, 1] = -2
    assert drawn[0, 2][1] == pytest.approx(RED_ORANGE)  # weight[2, 0] = -1
    assert drawn[1, 2][1] == pytest.approx(PURPLE)  # weight[2, 1] = 4
    widths = {edge: look[0] for edge, look in drawn.items()}
    thinnest = widths[1, 1]  # weight 0
    assert widths[1, 2] - thinnest == pytest.approx(4 * (widths[0, 0] - thinnest))
    assert widths[1, 0] - thinnest == pytest.approx(2 * (widths[0, 2] - thinnest))
    assert drawn[1, 2][2] > drawn[0, 1][2] > drawn[1, 1][2] > 0


def test_largest_weight_is_on_top():
    collection = part(draw_network(small_network()), "weights-1")
    assert np.all(np.diff(collection.get_linewidth()) >= 0)


def test_edges_from_silent_units_fade():
    net = small_network()
    lit, unlit = edges(draw_network(net, X), 2), edges(draw_network(net), 2)
    assert lit[0, 0][2] < 0.2 * unlit[0, 0][2]
    assert lit[1, 0][2] == unlit[1, 0][2]
    assert lit[0, 0][0] == unlit[0, 0][0]


def test_weights_that_are_all_zero():
    net = Linear(2, 1)
    net.weight.data = np.zeros((1, 2))
    figure = draw_network(net, [0.0, 0.0])
    assert len(edges(figure, 1)) == 2
    assert colours(part(figure, "units-0")) == [WHITE, WHITE]


# Units


def test_units_are_shaded_by_what_they_hold():
    figure = draw_network(small_network(), X)
    hidden = colours(part(figure, "units-1"))
    full = np.array(to_rgb(drawing.POSITIVE_VALUE))
    assert hidden[0] == WHITE
    assert hidden[1] == pytest.approx(tuple(1 - 0.5 / 7 * (1 - full)))
    assert hidden[2] == pytest.approx(tuple(full))


def test_negative_values_have_another_colour():
    shaded = colours(part(draw_network(MLP([2, 1], rng=0), [2.0, -4.0]), "units-0"))
    orange = np.array(to_rgb(drawing.NEGATIVE_VALUE))
    assert shaded[1] == pytest.approx(tuple(orange))
    assert shaded[0] == pytest.approx(tuple(1 - 0.5 * (1 - np.array(to_rgb("#08519C")))))


def test_nothing_is_shaded_without_an_input():
    figure = draw_network(small_network())
    for i in range(3):
        assert set(colours(part(figure, f"units-{i}"))) == {WHITE}
    assert part(figure, "outputs") == [""]


def test_units_do_not_overlap():
    for sizes in ([2, 32, 32, 1], [5, 1], [3, 200, 2]):
        figure = draw_network(MLP(sizes, rng=0))
        for i in range(len(sizes)):
            boxes = [p.get_extents() for p in part(figure, f"units-{i}").get_paths()]
            gaps = [above.y0 - below.y1 for above, below in pairwise(boxes)]
            assert min(gaps, default=1) > 0


def test_forward_pass_step_by_step():
    net = small_network()
    at_input, at_hidden, at_output = (draw_network(net, X, upto=upto) for upto in range(3))
    assert set(colours(part(at_input, "units-1"))) == {WHITE}
    assert colours(part(at_hidden, "units-1"))[2] != WHITE
    assert colours(part(at_hidden, "units-2")) == [WHITE]
    assert part(at_hidden, "outputs") == [""]
    assert part(at_output, "outputs") == ["p = 0.963"]
    assert edges(at_input, 1)[1, 2][2] < edges(at_hidden, 1)[1, 2][2]
    assert "max 7" in part(at_hidden, "caption-1")[0]
    assert "max" not in part(at_input, "caption-1")[0]


# Outputs


@pytest.mark.parametrize(("bias", "colour"), [(0.25, GREEN), (-9.0, RED)])
def test_logit_becomes_a_probability(bias, colour):
    net = small_network()
    net[2].bias.data = np.array([bias])
    p = 1 / (1 + np.exp(-(3.0 + bias)))
    figure = draw_network(net, X)
    assert part(figure, "outputs") == [f"p = {p:.3f}"]
    assert colours(part(figure, "units-2"))[0] == pytest.approx(colour)


def test_one_half_is_not_above_one_half():
    net = Linear(1, 1)
    net.weight.data, net.bias.data = np.zeros((1, 1)), np.zeros(1)
    figure = draw_network(net, [1.0])
    assert part(figure, "outputs") == ["p = 0.500"]
    assert colours(part(figure, "units-1"))[0] == pytest.approx(RED)


def test_sigmoid_at_the_end_is_not_applied_twice():
    assert part(draw_network(Sequential(small_network(), Sigmoid()), X), "outputs") == ["p = 0.963"]


@pytest.mark.parametrize("end", [None, Softmax, "log_softmax"])
def test_several_outputs_are_a_softmax(end):
    end = al.nn.LogSoftmax if end == "log_softmax" else end
    net = MLP([1, 3], rng=0, output_activation=end)
    net[0].weight.data = np.log([[1.0], [2.0], [7.0]])
    net[0].bias.data = np.zeros(3)
    figure = draw_network(net, [1.0], output_names=["cat", "dog", "eel"])
    assert part(figure, "outputs") == ["cat: p = 0.100", "dog: p = 0.200", "eel: p = 0.700"]
    np.testing.assert_allclose(colours(part(figure, "units-1")), [RED, RED, GREEN])


def test_values_of_a_regression():
    figure = draw_network(small_network(), X, output="value")
    assert part(figure, "outputs") == ["3.25"]
    assert colours(part(figure, "units-2")) == [WHITE]
    figure = draw_network(small_network(), X, output="value", output_names=["redshift"])
    assert part(figure, "outputs") == ["redshift = 3.25"]


def test_activation_that_gives_no_probability():
    net = Sequential(small_network(), ReLU())
    assert part(draw_network(net, X), "outputs") == ["3.25"]
    with pytest.raises(ArgumentError, match="ends with ReLU; pass output='value'"):
        draw_network(net, X, output="probability")


# Names and captions


def test_inputs_with_names_and_values():
    figure = draw_network(small_network(), [1.0, -2.5], feature_names=["SNR", "mass"])
    assert part(figure, "inputs") == ["SNR = 1", "mass = −2.5"]
    figure = draw_network(small_network(), feature_names=["SNR", "mass"])
    assert part(figure, "inputs") == ["SNR", "mass"]


def test_names_that_are_not_given():
    figure = draw_network(MLP([2, 2], rng=0))
    assert part(figure, "inputs") == ["$x_{1}$", "$x_{2}$"]
    assert part(figure, "outputs") == ["$y_{1}$", "$y_{2}$"]


def test_captions_say_what_a_column_is():
    figure = draw_network(MLP([2, 32, 8, 1], activation="tanh", rng=0))
    assert [part(figure, f"caption-{i}") for i in range(4)] == [
        ["input\n2 units"],
        ["hidden 1\n32 units, Tanh"],
        ["hidden 2\n8 units, Tanh"],
        ["output\n1 unit"],
    ]


def test_long_names_are_inside_the_picture(tmp_path):
    figure = draw_network(small_network(), X, feature_names=["a rather long name indeed", "b"])
    figure.canvas.draw()
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1


def test_large_layers_are_folded():
    net = MLP([40, 100, 1], rng=0)
    figure = draw_network(net, np.arange(40.0), max_units=7)
    assert len(part(figure, "units-1").get_paths()) == 7
    assert part(figure, "inputs")[3:5] == ["$x_{4}$ = 3", "$x_{38}$ = 37"]
    assert "100 units, ReLU, 7 drawn" in part(figure, "caption-1")[0]
    assert [t.get_text() for t in figure.axes[0].texts].count("⋮") == 2
    assert len(edges(figure, 1)) == 49
    weight = net[0].weight.data[np.ix_([0, 1, 2, 3, 97, 98, 99], [0, 1, 2, 3, 37, 38, 39])]
    drawn = edges(figure, 1)
    signs = np.array(
        [[drawn[a, b][1] == pytest.approx(PURPLE) for a in range(7)] for b in range(7)]
    )
    np.testing.assert_array_equal(signs, weight > 0)


def test_labels_are_left_out_where_they_would_overlap():
    figure = draw_network(MLP([40, 1], rng=0), max_units=40)
    assert len(part(figure, "units-0").get_paths()) == 40
    assert part(figure, "inputs") == []


def test_layers_that_fit_are_not_folded():
    figure = draw_network(MLP([2, 32, 32, 1], rng=0))
    assert len(part(figure, "units-1").get_paths()) == 32
    assert "⋮" not in [t.get_text() for t in figure.axes[0].texts]
    assert len(edges(figure, 2)) == 1024


# Networks of other makes


def test_nested_layers_and_functions():
    net = Sequential(
        Sequential(Linear(2, 4, rng=0), np.tanh), Dropout(0.5), Sequential(Linear(4, 1, rng=1))
    )
    figure = draw_network(net, X)
    assert part(figure, "caption-1")[0].startswith("hidden 1\n4 units, tanh")
    with al.no_grad():
        p = al.nn.functional.sigmoid(net.eval()(np.array([X]))).item()
    assert part(figure, "outputs") == [f"p = {p:.3f}"]


def test_drawing_leaves_the_network_alone():
    net = Sequential(Linear(2, 3, rng=0), Dropout(0.5, rng=0), Identity(), Linear(3, 1, rng=1))
    before = net.state_dict()
    draw_network(net, X)
    assert net.training
    assert all(p.grad is None for p in net.parameters())
    assert all((before[name] == array).all() for name, array in net.state_dict().items())


def test_a_single_layer_and_a_value_as_input():
    net = Linear(2, 1, bias=False, rng=0)
    z = float(net.weight.data[0] @ np.array(X))
    figure = draw_network(net, al.Value(X))
    assert part(figure, "outputs") == [f"p = {1 / (1 + np.exp(-z)):.3f}"]


def test_float32_and_integers():
    net = MLP([2, 4, 1], dtype=np.float32, rng=0)
    assert part(draw_network(net, np.array([1, 2])), "outputs")[0].startswith("p = ")


# The figure


def test_returns_a_figure_that_is_saved_and_shown(tmp_path):
    import matplotlib.pyplot as plt

    open_before = plt.get_fignums()
    figure = draw_network(small_network(), X)
    assert isinstance(figure, Figure)
    assert figure._repr_png_().startswith(b"\x89PNG")
    figure.savefig(tmp_path / "network.svg")
    assert 'id="weights-1"' in (tmp_path / "network.svg").read_text()
    assert plt.get_fignums() == open_before


def test_is_drawn_alike_whatever_layout_the_settings_ask_for(tmp_path):
    import matplotlib as mpl

    plain = draw_network(small_network(), X)._repr_png_()
    with mpl.rc_context({"figure.constrained_layout.use": True}):
        figure = draw_network(small_network(), X)
        figure.savefig(tmp_path / "network.svg")
        assert figure._repr_png_() == plain


def test_draws_in_given_axes():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert draw_network(small_network(), X, ax=right, legend=False) is figure
    assert len(right.collections) == 5
    assert not left.collections
    assert right.get_legend() is None


def test_lines_are_thinner_in_small_axes():
    figure = Figure(figsize=(4, 3))
    ax = figure.add_axes((0, 0, 1, 1))
    draw_network(small_network(), ax=ax, fontsize=6)
    small, large = edges(figure, 1), edges(draw_network(small_network()), 1)
    ratios = [small[edge][0] / large[edge][0] for edge in large]
    np.testing.assert_allclose(ratios, ratios[0])
    assert ratios[0] < 0.7
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert min(box.x0 for box in boxes) >= 0


def test_legend_names_what_is_there():
    plain = draw_network(small_network()).axes[0].get_legend()
    lit = draw_network(small_network(), X).axes[0].get_legend()
    assert [t.get_text() for t in plain.get_texts()] == ["positive weight", "negative weight"]
    assert len(lit.get_texts()) == 5


def test_importing_the_package_does_not_import_matplotlib():
    program = "import autograd_lite.viz.network, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_matplotlib_is_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "autograd_lite.viz.notebook", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingDependencyError, match="pip install"):
        draw_network(small_network())


# Errors


class OwnForward(Sequential):
    def forward(self, x):
        return super().forward(x) + x


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (OwnForward(Linear(2, 2)), "OwnForward, which has a forward"),
        (ReLU(), "begin with a Linear layer, got ReLU first"),
        (Sequential(), "without a Linear layer"),
        (MLP, "draws a module such as"),
        (3, "draws a module such as .* got 3"),
    ],
)
def test_other_modules_raise(module, message):
    with pytest.raises(ArgumentError, match=message):
        draw_network(module)


def test_layers_that_do_not_fit_raise():
    with pytest.raises(ShapeError, match="layer 2 takes 4 numbers, but the one before gives 3"):
        draw_network(Sequential(Linear(2, 3), ReLU(), Linear(4, 1)))


def test_functions_that_change_the_shape_raise():
    with pytest.raises(ShapeError, match="ReLU and halve turned shape"):
        draw_network(Sequential(Linear(2, 4), ReLU(), halve), X)


def halve(x):
    return x[:, :2]


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_that_are_none_raise(number):
    net = small_network()
    with pytest.raises(ArgumentError, match="finite"):
        draw_network(net, [1.0, number])
    net[2].weight.data = np.array([[1.0, number, 1.0]])
    with pytest.raises(ArgumentError, match="layer 2 has weights that are NaN or infinite"):
        draw_network(net)


@pytest.mark.parametrize("x", [[1.0], [[1.0, 2.0]], 1.0, [1.0, 2.0, 3.0]])
def test_inputs_of_another_shape_raise(x):
    with pytest.raises(ShapeError, match=r"one event, an array of shape \(2,\)"):
        draw_network(small_network(), x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"feature_names": ["SNR"]}, "feature_names names each of the 2 units of the input"),
        ({"feature_names": "ab"}, "feature_names names each"),
        ({"output_names": ["a", "b"]}, "output_names names each of the 1 units of the output"),
        ({"output": "logit"}, "probability, value or None; got 'logit'"),
        ({"upto": 3}, "from 0, the input, to 2; got 3"),
        ({"upto": -1}, "got -1"),
        ({"max_units": 1}, "at least 2"),
        ({"x": ["a", "b"]}, "real numbers"),
    ],
)
def test_arguments_out_of_range_raise(options, message):
    with pytest.raises(ArgumentError, match=message):
        draw_network(small_network(), **options)
