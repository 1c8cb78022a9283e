"""The training loop: what it records, when it stops, and that it can be repeated."""

import builtins
import copy
import sys

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError, MissingDependencyError
from autograd_lite.nn.functional import mse_loss

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = X @ [[1.0], [-2.0], [0.5]] + 0.3
NOISE = RNG.normal(size=(40, 1))


def linear_fit(epochs=5, *, model=None, lr=0.1, data=(X, Y), **options):
    model = model or al.nn.Linear(3, 1, rng=0)
    optimizer = al.optim.SGD(model.parameters(), lr=lr)
    return model, al.fit(model, mse_loss, optimizer, data, epochs, progress=False, **options)


def numbers_of(model):
    return [parameter.data.copy() for parameter in model.parameters()]


def test_one_epoch_of_one_batch_is_one_step_of_gradient_descent():
    start = al.nn.Linear(3, 1, rng=0)
    weight, bias = numbers_of(start)
    residual = X @ weight.T + bias - Y
    model, history = linear_fit(1, batch_size=None)
    np.testing.assert_allclose(history.loss, [np.mean(residual**2)])
    np.testing.assert_allclose(model.weight.data, weight - 0.1 * 2 * residual.T @ X / 40)
    np.testing.assert_allclose(model.bias.data, bias - 0.1 * 2 * residual.mean(axis=0))


def test_it_finds_the_line_and_records_each_epoch():
    model, history = linear_fit(200, batch_size=8, rng=1)
    np.testing.assert_allclose(model.weight.data, [[1.0, -2.0, 0.5]], atol=1e-6)
    np.testing.assert_allclose(model.bias.data, [0.3], atol=1e-6)
    assert len(history.loss) == len(history.lr) == history.epochs == 200
    assert history.stopped_by == "epochs"
    assert history.validation_loss == []


def test_the_loss_of_an_epoch_weighs_batches_by_their_events():
    _, history = linear_fit(1, lr=1e-300, batch_size=15)
    _, whole = linear_fit(1, lr=1e-300, batch_size=None)
    assert history.loss == pytest.approx(whole.loss)


def test_a_seed_repeats_a_run_bit_for_bit_and_another_does_not():
    runs = [linear_fit(3, batch_size=7, rng=seed) for seed in (1, 1, 2)]
    assert runs[0][1] == runs[1][1]
    assert runs[0][1] != runs[2][1]
    for first, second in zip(numbers_of(runs[0][0]), numbers_of(runs[1][0]), strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_generator_goes_on_where_a_run_left_it():
    rng = np.random.default_rng(5)
    model, _ = linear_fit(2, batch_size=7, rng=rng)
    linear_fit(2, model=model, batch_size=7, rng=rng)
    whole, _ = linear_fit(4, batch_size=7, rng=np.random.default_rng(5))
    for first, second in zip(numbers_of(model), numbers_of(whole), strict=True):
        np.testing.assert_array_equal(first, second)


def test_l2_shrinks_the_weights_and_leaves_the_biases():
    model, history = linear_fit(400, batch_size=None, l2=0.5)
    centred = X - X.mean(axis=0)  # the closed form of ridge regression
    gram = centred.T @ centred / 40 + 0.25 * np.eye(3)
    weight = np.linalg.solve(gram, centred.T @ (Y - Y.mean()) / 40)
    np.testing.assert_allclose(model.weight.data, weight.T, atol=1e-8)
    bias = Y.mean() - X.mean(axis=0) @ weight
    np.testing.assert_allclose(model.bias.data, bias, atol=1e-8)
    penalty = 0.25 * np.sum(weight**2)
    residual = X @ weight + bias - Y
    assert history.loss[-1] == pytest.approx(np.mean(residual**2) + penalty)


def test_max_norm_limits_the_step():
    start = al.nn.Linear(3, 1, rng=0)
    before = np.concatenate([array.ravel() for array in numbers_of(start)])
    model, _ = linear_fit(1, model=start, lr=1.0, batch_size=None, max_norm=0.01)
    after = np.concatenate([array.ravel() for array in numbers_of(model)])
    assert np.linalg.norm(after - before) == pytest.approx(0.01, rel=1e-3)


def test_validation_is_computed_without_training_on_it():
    validation = (X[:10], Y[:10] + 1)
    model, history = linear_fit(3, validation=validation)
    plain, _ = linear_fit(3)
    np.testing.assert_array_equal(model.weight.data, plain.weight.data)
    residual = X[:10] @ model.weight.data.T + model.bias.data - Y[:10] - 1
    assert history.validation_loss[-1] == pytest.approx(np.mean(residual**2))


def test_early_stopping_restores_the_weights_of_the_best_epoch():
    seen = []
    model = al.nn.Linear(3, 1, rng=0)

    def remember(epoch, history):
        seen.append((history.validation_loss[-1], copy.deepcopy(numbers_of(model))))

    _, history = linear_fit(
        500,
        model=model,
        batch_size=4,
        lr=0.05,
        rng=0,
        data=(X, NOISE),
        validation=(X, -NOISE),
        patience=3,
        callback=remember,
    )
    assert history.stopped_by == "patience"
    losses = history.validation_loss
    assert history.best_epoch == int(np.argmin(losses)) == history.epochs - 1 - 3
    for now, best in zip(numbers_of(model), seen[history.best_epoch][1], strict=True):
        np.testing.assert_array_equal(now, best)


def test_min_delta_asks_for_more_than_a_hair():
    options = {"validation": (X, Y), "patience": 2, "batch_size": None}
    _, history = linear_fit(500, min_delta=0.5, **options)
    assert history.stopped_by == "patience"
    assert history.epochs < linear_fit(500, **options)[1].epochs


def test_the_scheduler_steps_once_an_epoch():
    model = al.nn.Linear(3, 1, rng=0)
    optimizer = al.optim.SGD(model.parameters(), lr=1.0)
    scheduler = al.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
    history = al.fit(model, mse_loss, optimizer, (X, 0 * Y), 5, scheduler=scheduler, progress=False)
    np.testing.assert_allclose(history.lr, [1, 1, 0.1, 0.1, 0.01])


def test_a_callback_sees_each_epoch_and_can_stop():
    epochs = []

    def stop_at_three(epoch, history):
        epochs.append((epoch, history.epochs))
        return epoch == 2

    _, history = linear_fit(10, callback=stop_at_three)
    assert epochs == [(0, 1), (1, 2), (2, 3)]
    assert history.stopped_by == "callback"


def test_ctrl_c_returns_what_was_learnt():
    def interrupt(epoch, history):
        if epoch == 4:
            raise KeyboardInterrupt

    model, history = linear_fit(10, callback=interrupt)
    reference, _ = linear_fit(5)
    assert history.stopped_by == "interrupt"
    assert len(history.loss) == len(history.lr) == 5
    np.testing.assert_array_equal(model.weight.data, reference.weight.data)


def test_ctrl_c_amid_an_epoch_keeps_the_history_even():
    calls = []

    def loss(output, y):
        calls.append(len(y))
        if len(calls) == 8:
            raise KeyboardInterrupt
        return mse_loss(output, y)

    model = al.nn.Linear(3, 1, rng=0)
    optimizer = al.optim.SGD(model.parameters())
    history = al.fit(model, loss, optimizer, (X, Y), 10, batch_size=8, progress=False)
    assert len(history.loss) == len(history.lr) == 1


def test_dropout_is_on_in_training_and_off_in_validation_and_after():
    modes = []

    class Spy(al.nn.Module):
        def __init__(self):
            self.line = al.nn.Linear(3, 1, rng=0)

        def forward(self, x):
            modes.append(self.training)
            return self.line(x)

    model, _ = linear_fit(2, model=Spy(), batch_size=None, validation=(X, Y))
    assert modes == [True, False, True, False]
    assert not model.training


def test_float32_stays_float32():
    model = al.nn.MLP([3, 4, 1], rng=0, dtype=np.float32)
    linear_fit(2, model=model, data=(X.astype(np.float32), Y.astype(np.float32)), l2=0.1)
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float32)}
    assert {p.grad.dtype for p in model.parameters()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 2.5}, "epochs"),
        ({"patience": 0, "validation": (X, Y)}, "patience"),
        ({"patience": 3}, "validation"),
        ({"l2": -1.0}, "l2"),
        ({"min_delta": -1.0}, "min_delta"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_bad_arguments_raise(options, message):
    with pytest.raises(ArgumentError, match=message):
        linear_fit(**options)


def test_a_progress_bar_on_request(capsys):
    model = al.nn.Linear(3, 1, rng=0)
    optimizer = al.optim.SGD(model.parameters(), lr=0.1)
    al.fit(model, mse_loss, optimizer, (X, Y), 2, progress=True)
    assert "training" in capsys.readouterr().err
    al.fit(model, mse_loss, optimizer, (X, Y), 2)
    assert capsys.readouterr().err == ""


def test_without_tqdm_there_is_no_bar_unless_asked_for(monkeypatch):
    real_import = builtins.__import__

    def without_tqdm(name, *args, **kwargs):
        if name == "tqdm":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_tqdm)
    model = al.nn.Linear(3, 1, rng=0)
    optimizer = al.optim.SGD(model.parameters(), lr=0.1)
    assert al.fit(model, mse_loss, optimizer, (X, Y), 2).epochs == 2
    with pytest.raises(MissingDependencyError, match="progress"):
        al.fit(model, mse_loss, optimizer, (X, Y), 2, progress=True)


def test_ctrl_c_before_the_first_epoch_ends_keeps_the_steps_made():
    steps = []

    def loss(output, y):
        steps.append(len(y))
        if len(steps) == 4:
            raise KeyboardInterrupt
        return mse_loss(output, y)

    model = al.nn.Linear(3, 1, rng=0)
    start = model.weight.data.copy()
    optimizer = al.optim.SGD(model.parameters(), lr=0.1)
    data = (X, Y)
    history = al.fit(
        model, loss, optimizer, data, 9, batch_size=8, validation=data, patience=2, progress=False
    )
    assert (history.epochs, history.best_epoch) == (0, None)
    assert np.all(model.weight.data != start)


def test_a_validation_loss_of_nan_is_never_the_best():
    model, history = linear_fit(9, validation=(X, np.full_like(Y, np.nan)), patience=3)
    assert history.best_epoch is None
    assert history.stopped_by == "patience"
    assert history.epochs == 3
    plain, _ = linear_fit(3)
    np.testing.assert_array_equal(model.weight.data, plain.weight.data)


def test_l2_leaves_out_what_is_not_trained():
    class WithConstant(al.nn.Module):
        def __init__(self):
            self.table = al.Value(np.full((2, 2), 100.0), requires_grad=False)
            self.bias = al.Value([0.0])

        def forward(self, x):
            return np.zeros((len(x), 1)) + self.bias

    _, history = linear_fit(1, model=WithConstant(), lr=1e-300, batch_size=None, l2=1.0)
    assert history.loss == pytest.approx([np.mean(Y**2)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": X}, r"data=\(X, y\).*ndarray"),
        ({"data": (X, Y, Y)}, "tuple of 3"),
        ({"data": (X[:0], Y[:0])}, "no events in data"),
        ({"validation": X}, "validation="),
        ({"rng": -1}, "seed >= 0"),
        ({"rng": True}, "seed >= 0"),
        ({"l2": np.nan}, "l2"),
        ({"patience": 1.5, "validation": (X, Y)}, "patience"),
    ],
)
def test_more_bad_arguments_raise(options, message):
    with pytest.raises(ArgumentError, match=message):
        linear_fit(**options)


def test_an_optimiser_of_another_model_raises():
    model, other = al.nn.Linear(3, 1, rng=0), al.nn.Linear(3, 1, rng=0)
    optimizer = al.optim.SGD(other.parameters())
    with pytest.raises(ArgumentError, match="none of the model's parameters"):
        al.fit(model, mse_loss, optimizer, (X, Y), 1)
