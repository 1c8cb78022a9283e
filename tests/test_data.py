"""Data sets and mini-batches against their formulas, scikit-learn and scipy."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from sklearn import datasets
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from autograd_lite import Value, data
from autograd_lite.errors import ArgumentError, ConversionError, ShapeError

TOYS = [data.moons, data.rings, data.spirals, data.xor]
BAD_COUNTS = [-1, 2.0, "3", None, True]


def in_first_island(X):
    return ((X[:, 0] - 11) / 2.5) ** 2 + ((X[:, 1] - 28) / 9) ** 2 < 1


def in_second_island(X):
    return ((X[:, 0] - 13) / 2) ** 2 + ((X[:, 1] - 50) / 8) ** 2 < 1


# The article's data set


def test_two_islands_is_the_articles_recipe_bit_for_bit():
    rng = np.random.default_rng(0)
    noise_snr = rng.uniform(4, 20, 1200)
    noise_mass = rng.uniform(3, 70, 1200)
    snr_1 = rng.normal(11, 1.5, 1200)
    mass_1 = rng.normal(28, 6, 1200)
    snr_2 = rng.normal(13, 1.2, 1200)
    mass_2 = rng.normal(50, 5, 1200)
    kept_1 = ((snr_1 - 11) / 2.5) ** 2 + ((mass_1 - 28) / 9) ** 2 < 1
    kept_2 = ((snr_2 - 13) / 2) ** 2 + ((mass_2 - 50) / 8) ** 2 < 1
    snr = np.concatenate([noise_snr[:600], snr_1[kept_1][:300], snr_2[kept_2][:150]])
    mass = np.concatenate([noise_mass[:600], mass_1[kept_1][:300], mass_2[kept_2][:150]])

    X, y = data.two_islands()

    assert X.tolist() == np.column_stack([snr, mass]).tolist()
    assert y.tolist() == [0.0] * 600 + [1.0] * 450


def test_two_islands_first_events_are_pinned():
    X, _ = data.two_islands()
    assert X.shape == (1050, 2)
    # The first number of numpy's default_rng(0).random() is 0.6369616873214543.
    assert X[0, 0] == 4 + 16 * 0.6369616873214543
    # The first event of each population. The tolerance is for numpy on another processor.
    expected = [
        [14.191386997143269, 23.60361938354324],
        [10.254695601165984, 26.262148209905174],
        [13.410024204378512, 46.30314986685484],
    ]
    np.testing.assert_allclose(X[[0, 600, 900]], expected, rtol=1e-14)


def test_two_islands_dtypes_and_fields():
    events = data.two_islands()
    assert events.X.dtype == events.y.dtype == np.float64
    assert events.X is events[0]
    assert events.y is events[1]


def test_every_event_lies_where_its_population_lives():
    X, y = data.two_islands()
    noise = X[y == 0]
    assert (noise >= [4, 3]).all()
    assert (noise < [20, 70]).all()
    assert in_first_island(X[600:900]).all()
    assert in_second_island(X[900:]).all()


@pytest.mark.parametrize("sizes", [(0, 0, 0), (3, 0, 2), (1201, 5, 5), (10, 5000, 1), (1, 1, 7000)])
def test_two_islands_of_any_size(sizes):
    n_noise, n_first, n_second = sizes
    X, y = data.two_islands(*sizes, rng=3)
    assert X.shape == (sum(sizes), 2)
    assert y.tolist() == [0.0] * n_noise + [1.0] * (n_first + n_second)
    assert in_first_island(X[n_noise : n_noise + n_first]).all()
    assert in_second_island(X[n_noise + n_first :]).all()
    assert len(np.unique(X, axis=0)) == len(X)


def test_requests_that_1200_draws_satisfy_are_nested():
    X, _ = data.two_islands()
    larger, _ = data.two_islands(1200, 600, 600)
    assert larger[[*range(600), *range(1200, 1500), *range(1800, 1950)]].tolist() == X.tolist()
    smaller, _ = data.two_islands(5, 4, 3)
    assert smaller.tolist() == np.concatenate([X[:5], X[600:604], X[900:903]]).tolist()


def test_two_islands_generator_and_seed():
    seeded = data.two_islands(rng=7)
    generator = np.random.default_rng(7)
    assert (data.two_islands(rng=generator).X == seeded.X).all()
    assert (data.two_islands(rng=generator).X != seeded.X).all()
    assert (data.two_islands(rng=np.int64(7)).X == seeded.X).all()


@pytest.mark.parametrize("bad", BAD_COUNTS)
def test_bad_numbers_of_events_raise(bad):
    for name in ("n_noise", "n_first", "n_second"):
        with pytest.raises(ArgumentError, match=name):
            data.two_islands(**{name: bad})
    for function in (*TOYS, data.fresh_two_islands):
        with pytest.raises(ArgumentError, match="n="):
            function(bad)


@pytest.mark.parametrize("bad", [None, -1, 0.5, "seed"])
def test_bad_rng_raises(bad):
    for function in (*TOYS, data.two_islands, data.fresh_two_islands):
        with pytest.raises(ArgumentError, match="rng"):
            function(rng=bad)


@pytest.mark.parametrize(
    ("n", "n_noise", "n_first", "n_second"),
    [
        (1050, 600, 300, 150),
        (7, 4, 2, 1),
        (1, 1, 0, 0),
        (2, 1, 1, 0),
        (0, 0, 0, 0),
        (100_000, 57143, 28571, 14286),
    ],
)
def test_fresh_two_islands_keeps_the_proportions(n, n_noise, n_first, n_second):
    X, y = data.fresh_two_islands(n, rng=2)
    expected = data.two_islands(n_noise, n_first, n_second, rng=2)
    assert X.shape == (n, 2)
    assert (X == expected.X).all()
    assert (y == expected.y).all()


def test_fresh_events_are_not_the_training_events():
    X, _ = data.two_islands()
    fresh, _ = data.fresh_two_islands(1050)
    assert not np.isin(fresh, X).any()


# The best possible classifier


def truncated_normal_moments(sigma, half_axis, other_sigma, other_half_axis):
    """Return the ellipse's probability and the first coordinate's variance in it, by quadrature."""

    def density(u):
        rim = other_half_axis * np.sqrt(1 - (u / half_axis) ** 2)
        return stats.norm.pdf(u, scale=sigma) * (2 * stats.norm.cdf(rim / other_sigma) - 1)

    probability = integrate.quad(density, -half_axis, half_axis, epsabs=1e-13)[0]
    second = integrate.quad(lambda u: u * u * density(u), -half_axis, half_axis, epsabs=1e-13)[0]
    return probability, second / probability


@pytest.mark.parametrize(
    ("share", "centre", "sigma", "half_axes"),
    [(2 / 3, (11, 28), (1.5, 6), (2.5, 9)), (1 / 3, (13, 50), (1.2, 5), (2, 8))],
)
def test_likelihood_ratio_is_the_formula_with_scipys_normalisation(share, centre, sigma, half_axes):
    probability, _ = truncated_normal_moments(sigma[0], half_axes[0], sigma[1], half_axes[1])
    angle = np.linspace(0, 2 * np.pi, 50)
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * half_axes
    for radius in (0.0, 0.3, 0.999):
        X = centre + radius * rim
        density = stats.norm.pdf(X, centre, sigma).prod(axis=-1) / probability
        np.testing.assert_allclose(
            data.two_islands_likelihood_ratio(X), share * density * 16 * 67, rtol=1e-12
        )
    assert (data.two_islands_likelihood_ratio(centre + 1.001 * rim) == 0).all()


def test_the_draws_have_the_density_that_the_ratio_uses():
    X, _ = data.two_islands(n_noise=0, n_first=100_000, n_second=0, rng=5)
    _, variance = truncated_normal_moments(1.5, 2.5, 6, 9)
    centred = X[:, 0] - 11
    assert abs(centred.mean()) < 5 * np.sqrt(variance / 100_000)
    assert abs((centred**2).mean() - variance) < 5 * (centred**2).std() / np.sqrt(100_000)


def likelihood_ratio_on_a_grid():
    snr = 4 + 16 * (np.arange(1600) + 0.5) / 1600
    mass = 3 + 67 * (np.arange(1600) + 0.5) / 1600
    return data.two_islands_likelihood_ratio(np.stack(np.meshgrid(snr, mass), axis=-1))


def test_likelihood_ratio_integrates_to_one():
    ratio = likelihood_ratio_on_a_grid()
    assert ratio.shape == (1600, 1600)
    # The noise is uniform on the grid, and the mean of p/q under q is the integral of p.
    assert abs(ratio.mean() - 1) < 1e-4


def test_the_limit_by_quadrature():
    ratio = np.sort(likelihood_ratio_on_a_grid().ravel())[::-1]
    accepted = int((ratio > 0).sum())
    tpr = np.concatenate([[0], ratio[:accepted].cumsum() / ratio.sum(), [1]])
    fpr = np.concatenate([np.arange(accepted + 1) / ratio.size, [1]])
    assert abs(np.trapezoid(tpr, fpr) - 0.9565) < 1e-4


def test_the_limit_on_the_notebooks_test_set():
    X, y = data.two_islands()
    _, X_test, _, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=1)
    auc = roc_auc_score(y_test, data.two_islands_likelihood_ratio(X_test))
    assert round(auc, 4) == 0.9623


def test_the_limit_on_a_million_fresh_events():
    X, y = data.fresh_two_islands(1_000_000)
    auc = roc_auc_score(y, data.two_islands_likelihood_ratio(X))
    # One standard deviation of a million events is 0.0002.
    assert abs(auc - 0.9565) < 8e-4


def test_likelihood_ratio_shapes():
    assert data.two_islands_likelihood_ratio([11.0, 28.0]).shape == ()
    assert data.two_islands_likelihood_ratio(np.zeros((0, 2))).shape == (0,)
    assert data.two_islands_likelihood_ratio(np.zeros((3, 4, 2), np.float32)).dtype == np.float64
    for bad in (np.zeros((2, 3)), np.zeros(3), 11.0):
        with pytest.raises(ShapeError, match=r"\(\.\.\., 2\)"):
            data.two_islands_likelihood_ratio(bad)
    with pytest.raises(ConversionError):
        data.two_islands_likelihood_ratio(Value([[11.0, 28.0]]))


# Toy sets


@pytest.mark.parametrize("function", TOYS)
@given(n=st.integers(0, 60), noise=st.sampled_from([0, 0.0, 0.3]), seed=st.integers(0, 2**40))
def test_toys_are_balanced_repeatable_and_float64(function, n, noise, seed):
    X, y = function(n, noise, seed)
    assert X.shape == (n, 2)
    assert X.dtype == y.dtype == np.float64
    assert y.tolist() == [0.0] * (n // 2) + [1.0] * (n - n // 2)
    assert np.isfinite(X).all()
    assert (function(n, noise, np.random.default_rng(seed)).X == X).all()


@pytest.mark.parametrize("function", TOYS)
def test_noise_is_gaussian_with_the_given_width(function):
    # The scatter is drawn last, from the same generator, so that its width is the only difference.
    curve = function(20_000, 0, 4).X
    scatter = function(20_000, 0.3, 4).X - curve
    assert abs(scatter.std() - 0.3) < 0.01
    assert abs(scatter.mean()) < 0.01
    assert abs(np.corrcoef(scatter.T)[0, 1]) < 0.03
    assert abs((scatter**4).mean() / scatter.var() ** 2 - 3) < 0.2  # the kurtosis of a Gaussian
    assert (function(20_000, 0.3, 5).X - curve != scatter).all()


@pytest.mark.parametrize("function", TOYS)
@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf])
def test_bad_noise_raises(function, bad):
    with pytest.raises(ArgumentError, match="noise"):
        function(10, bad)


@pytest.mark.parametrize("n", [2, 7, 200])
def test_moons_and_rings_are_scikit_learns(n):
    for ours, (X, y) in [
        (data.moons(n, 0), datasets.make_moons(n, shuffle=False)),
        (data.rings(n, 0), datasets.make_circles(n, shuffle=False, factor=0.5)),
    ]:
        np.testing.assert_allclose(ours.X, X, atol=1e-15)
        assert (ours.y == y).all()


@pytest.mark.parametrize("turns", [0.5, 1.5])
def test_spirals_follow_the_formula(turns):
    X, y = data.spirals(11, 0, turns=turns)
    t = np.array([1, 2, 3, 4, 5]) / 5
    np.testing.assert_allclose(X[y == 0] @ [1, 1j], t * np.exp(2j * np.pi * turns * t), atol=1e-15)
    t = np.array([1, 2, 3, 4, 5, 6]) / 6
    np.testing.assert_allclose(X[y == 1] @ [1, 1j], -t * np.exp(2j * np.pi * turns * t), atol=1e-15)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_turns_raise(bad):
    with pytest.raises(ArgumentError, match="turns"):
        data.spirals(turns=bad)


def test_xor_labels_are_the_signs_and_quadrants_are_balanced():
    X, y = data.xor(400, rng=6)
    assert (np.abs(X) < 1).all()
    assert (y == (X[:, 0] * X[:, 1] < 0)).all()
    quadrants = 2 * (X[:, 0] > 0) + (X[:, 1] > 0)
    assert np.bincount(quadrants).tolist() == [100] * 4
    magnitude = np.abs(data.xor(100_000, rng=6).X)
    np.testing.assert_allclose(magnitude.mean(axis=0), 0.5, atol=0.01)
    np.testing.assert_allclose(magnitude.var(axis=0), 1 / 12, atol=0.005)


@pytest.mark.parametrize("function", [*TOYS, data.two_islands, data.fresh_two_islands])
def test_defaults_work_and_repeat(function):
    assert (function().X == function().X).all()
    assert "rng" in inspect.signature(function).parameters


# Mini-batches


@given(
    n=st.integers(0, 40),
    batch_size=st.integers(1, 50),
    drop_last=st.booleans(),
    seed=st.none() | st.integers(0, 99),
)
def test_batches_visit_every_row_once_and_keep_rows_together(n, batch_size, drop_last, seed):
    X = np.arange(2 * n, dtype=np.float32).reshape(n, 2)
    y = np.arange(n)
    rng = None if seed is None else np.random.default_rng(seed)

    epoch = list(data.batches(X, y, batch_size=batch_size, rng=rng, drop_last=drop_last))

    full, rest = divmod(n, batch_size)
    sizes = [batch_size] * full + ([rest] if rest and not drop_last else [])
    assert [len(labels) for _, labels in epoch] == sizes
    for inputs, labels in epoch:
        assert inputs.dtype == np.float32
        assert inputs.tolist() == X[labels].tolist()
    visited = [int(label) for _, labels in epoch for label in labels]
    assert len(set(visited)) == len(visited) == sum(sizes)
    if rng is None:
        assert visited == list(range(sum(sizes)))


def test_shuffling_is_by_the_generator_and_new_in_each_epoch():
    y = np.arange(1000)

    def two_epochs(seed):
        rng = np.random.default_rng(seed)
        return [
            np.concatenate([labels for (labels,) in data.batches(y, batch_size=64, rng=rng)])
            for _ in range(2)
        ]

    first, second = two_epochs(0)
    assert sorted(first) == sorted(second) == y.tolist()
    assert (first != y).mean() > 0.9
    assert (first != second).mean() > 0.9
    again, _ = two_epochs(0)
    assert (first == again).all()
    assert (first != two_epochs(1)[0]).mean() > 0.9


def test_unshuffled_batches_are_views_and_shuffled_ones_are_not():
    X = np.zeros((10, 2))
    assert all(np.shares_memory(x, X) for (x,) in data.batches(X, batch_size=4))
    rng = np.random.default_rng(0)
    assert not any(np.shares_memory(x, X) for (x,) in data.batches(X, batch_size=4, rng=rng))


def test_batches_of_several_arrays_and_lists():
    (batch,) = data.batches([1, 2], np.eye(2), [[3.0], [4.0]], batch_size=9)
    assert [part.tolist() for part in batch] == [[1, 2], [[1, 0], [0, 1]], [[3.0], [4.0]]]


def test_batches_raise_at_the_call_not_at_the_first_batch():
    with pytest.raises(ShapeError, match=r"equal length.*\(3, 2\).*\(4,\)"):
        data.batches(np.zeros((3, 2)), np.zeros(4), batch_size=2)
    with pytest.raises(ShapeError, match="batch_size="):
        data.batches(np.zeros((3, 2)), np.zeros(3), 2, batch_size=2)
    with pytest.raises(ArgumentError, match="at least one array"):
        data.batches(batch_size=2)
    with pytest.raises(ArgumentError, match="Generator"):
        data.batches(np.zeros(3), batch_size=2, rng=0)
    with pytest.raises(ConversionError):
        data.batches(Value([1.0, 2.0]), batch_size=2)


@pytest.mark.parametrize("bad", [0, *BAD_COUNTS])
def test_bad_batch_size_raises(bad):
    with pytest.raises(ArgumentError, match="batch_size"):
        data.batches(np.zeros(3), batch_size=bad)
