"""The training loop: epochs of mini-batches, with validation, early stopping and history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.arguments import as_generator, check_count, check_number
from autograd_lite.compiler import compile as compiled
from autograd_lite.data import batches
from autograd_lite.errors import ArgumentError, MissingDependencyError
from autograd_lite.nn import Module
from autograd_lite.optim import Optimizer, clip_grad_norm
from autograd_lite.optim.lr_scheduler import LRScheduler
from autograd_lite.recording import no_grad
from autograd_lite.value import Value

__all__ = ["History", "fit"]

PROGRESS_DELAY = 2.0  # seconds of work before a bar appears


@dataclass
class History:
    """What happened in training, one entry an epoch.

    Attributes
    ----------
    loss : list of float
        The mean loss over the training events, as the batches were seen (with the L2 penalty).
    validation_loss : list of float
        The loss over the validation data after the epoch; empty without validation data.
    lr : list of float
        The learning rate of the first parameter group during the epoch.
    best_epoch : int or None
        The epoch, counted from 0, whose weights were kept by early stopping.
    stopped_by : str
        ``"epochs"``, ``"patience"``, ``"callback"`` or ``"interrupt"``.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    stopped_by: str = "epochs"

    @property
    def epochs(self) -> int:
        """The number of epochs that were finished."""
        return len(self.loss)


def fit(
    model: Module,
    loss: Callable[[Any, Any], Value],
    optimizer: Optimizer,
    data: tuple[Any, Any],
    epochs: int,
    *,
    batch_size: int | None = 32,
    validation: tuple[Any, Any] | None = None,
    patience: int | None = None,
    min_delta: float = 0.0,
    l2: float = 0.0,
    max_norm: float | None = None,
    scheduler: LRScheduler | None = None,
    callback: Callable[[int, History], bool | None] | None = None,
    rng: np.random.Generator | int | None = None,
    progress: bool | None = None,
    compile: bool | str = False,
) -> History:
    """Train a model, and return the history.

    Each step takes a batch, computes the loss, its gradients, and lets the optimiser update the
    parameters. Ctrl-C ends the training and returns what was learnt so far.

    Parameters
    ----------
    model : Module
        Trained in place.
    loss : callable
        ``loss(model(X_batch), y_batch)``, a Value of one number: the mean over the batch.
    optimizer : Optimizer
        Over the parameters of `model`.
    data : (X, y)
        Arrays of shape ``(n, ...)``: features and targets.
    epochs : int
        How often to go through the data, at most.
    batch_size : int or None
        Events in a batch; None takes all data at once.
    validation : (X, y), optional
        Data to compute the loss on after each epoch, without training on them.
    patience : int, optional
        Stop when the validation loss has not improved for so many epochs, and restore the weights
        of the best epoch. Needs `validation`.
    min_delta : float
        By how much a validation loss must be lower to count as an improvement.
    l2 : float
        Add ``l2 / 2`` times the sum of squared weights to the loss: all parameters with two axes
        or more, so no biases.
    max_norm : float, optional
        Scale the gradients down to this norm where theirs is larger.
    scheduler : LRScheduler, optional
        Its ``step()`` is called after each epoch.
    callback : callable, optional
        ``callback(epoch, history)`` after each epoch; a true result stops the training.
    rng : numpy.random.Generator or int, optional
        Shuffles the data before each epoch; the same seed gives the same run, bit for bit. None
        keeps the order of the data.
    progress : bool, optional
        Show a progress bar (extra ``progress``). Default: where tqdm is installed, once the work
        has taken two seconds.
    compile : bool or str
        Compile the training step: "numpy", which True means, or "numba"; see
        `autograd_lite.compile`. The parameters' `grad` is left alone then, unless `max_norm` looks
        at it.

    Returns
    -------
    History
        Losses and learning rates by epoch, and why the training ended.

    Raises
    ------
    ArgumentError
        If an argument is out of range, the data are empty or no pair, `patience` comes without
        `validation`, or the optimiser has none of the model's parameters.

    Notes
    -----
    The model is left in evaluation mode.

    Examples
    --------
    >>> import numpy as np
    >>> import autograd_lite as al
    >>> X = np.linspace(-1, 1, 20).reshape(-1, 1)
    >>> model = al.nn.Linear(1, 1, rng=0)
    >>> optimizer = al.optim.SGD(model.parameters(), lr=0.5)
    >>> history = al.fit(model, al.nn.functional.mse_loss, optimizer, (X, 3 * X - 1), epochs=50)
    >>> model.weight.data.round(3).tolist(), model.bias.data.round(3).tolist()
    ([[3.0]], [-1.0])
    """
    epochs = check_count("fit", "epochs", epochs)
    l2 = check_number("fit", "l2", l2, at_least=0)
    min_delta = check_number("fit", "min_delta", min_delta, at_least=0)
    X, y = as_pair("data", data)
    size = len(X) if batch_size is None else check_count("fit", "batch_size", batch_size)
    if validation is not None:
        validation = as_pair("validation", validation)
    if patience is not None:
        patience = check_count("fit", "patience", patience)
        if validation is None:
            raise ArgumentError("fit(patience=...) watches the validation loss; give validation")
    rng = rng if rng is None else as_generator(rng)
    check_trained(model, optimizer)
    penalised = with_l2_penalty(loss, model, l2) if l2 else loss
    step = training_step(model, penalised, optimizer, max_norm, compile)
    history = History()
    best = Best(model, min_delta)
    evaluates = validation is not None or callback is not None  # which ends training mode
    try:
        for epoch in with_progress(range(epochs), progress):
            history.lr.append(optimizer.param_groups[0]["lr"])
            if not epoch or evaluates:
                model.train()
            events = batches(X, y, batch_size=size, rng=rng)
            history.loss.append(train_epoch(step, events))
            if scheduler is not None:
                scheduler.step()
            if validation is not None:
                history.validation_loss.append(evaluate(model, loss, validation))
            if patience is not None:
                best.update(epoch, history.validation_loss[-1])
                if epoch - (-1 if best.epoch is None else best.epoch) >= patience:
                    history.stopped_by = "patience"
                    break
            if callback is not None and callback(epoch, history):
                history.stopped_by = "callback"
                break
    except KeyboardInterrupt:
        history.stopped_by = "interrupt"
        del history.lr[history.epochs :]
    if patience is not None:
        best.restore()
        history.best_epoch = best.epoch
    model.eval()
    return history


class Best:
    """The weights of the best epoch so far."""

    def __init__(self, model: Module, min_delta: float) -> None:
        self.model = model
        self.min_delta = min_delta
        self.epoch: int | None = None
        self.loss = np.inf
        self.state = model.state_dict()

    def update(self, epoch: int, loss: float) -> None:
        """Keep the weights if the loss is better than the best by `min_delta`."""
        if loss < self.loss - self.min_delta:
            self.epoch, self.loss, self.state = epoch, loss, self.model.state_dict()

    def restore(self) -> None:
        """Put the best weights back into the model, if an epoch was finished."""
        if self.epoch is not None:
            self.model.load_state_dict(self.state)


def train_epoch(step: Callable[[Any, Any], Any], events: Iterable[tuple[Any, ...]]) -> float:
    """Take one step for each batch, and return the mean loss over the events."""
    total, count = 0.0, 0
    for X_batch, y_batch in events:
        total += step(X_batch, y_batch).item() * len(X_batch)
        count += len(X_batch)
    return total / count


def training_step(
    model: Module,
    loss: Callable[[Any, Any], Value],
    optimizer: Optimizer,
    max_norm: float | None,
    compile: bool | str,
) -> Callable[[Any, Any], Any]:
    """Return a function of a batch that takes a step, and returns the loss before it."""

    def batch_loss(X: Any, y: Any) -> Value:
        return loss(model(X), y)

    def step(X: Any, y: Any) -> Value:
        value = evaluated(X, y)
        optimizer.zero_grad()
        value.backward(leaves_only=True)
        if max_norm is not None:
            clip_grad_norm(model.parameters(), max_norm)
        optimizer.step()
        return value

    evaluated: Callable[[Any, Any], Value] = batch_loss
    if compile:
        backend = "numpy" if compile is True else compile
        if max_norm is None:
            step_of_program: Callable[[Any, Any], Any] = compiled(
                batch_loss, backend=backend, optimizer=optimizer
            )
            return step_of_program
        evaluated = compiled(batch_loss, backend=backend)
    return step


def with_l2_penalty(
    loss: Callable[[Any, Any], Value], model: Module, l2: float
) -> Callable[[Any, Any], Value]:
    """Return the loss plus ``l2 / 2`` times the sum of the squares of all weights."""
    weights = [p for p in model.parameters() if p.ndim >= 2 and p.requires_grad]

    def penalised(output: Any, y: Any) -> Value:
        total = loss(output, y)
        for weight in weights:
            total = total + 0.5 * l2 * np.sum(weight * weight)
        return total

    return penalised


def evaluate(model: Module, loss: Callable[[Any, Any], Value], data: tuple[Any, Any]) -> float:
    """Return the loss of a model on data, in evaluation mode and without recording.

    Parameters
    ----------
    model : Module
        Left in evaluation mode.
    loss : callable
        ``loss(model(X), y)``.
    data : (X, y)
        Arrays of shape ``(n, ...)``.
    """
    X, y = data
    model.eval()
    with no_grad():
        return float(loss(model(np.asarray(X)), np.asarray(y)))


def with_progress(epochs: range, progress: bool | None) -> Iterable[int]:
    """Return the epochs, behind a progress bar where one is wanted."""
    if progress is False:
        return epochs
    try:
        from tqdm import tqdm
    except ImportError:
        if progress:
            raise MissingDependencyError(
                "fit(progress=True) needs tqdm; install it with pip install 'autograd_lite"
                "[progress]', or leave progress out"
            ) from None
        return epochs
    bar: Iterable[int] = tqdm(
        epochs, desc="training", unit="epoch", delay=0 if progress else PROGRESS_DELAY, leave=False
    )
    return bar


def as_pair(name: str, data: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return features and targets as arrays, or raise."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ArgumentError(
            f"fit takes {name}=(X, y), features and targets; got {type(data).__name__}"
            + (f" of {len(data)}" if isinstance(data, tuple | list) else "")
        )
    X, y = (np.asarray(array) for array in data)
    if not X.ndim or not len(X):
        raise ArgumentError(f"fit got no events in {name}: X has the shape {X.shape}")
    return X, y


def check_trained(model: Module, optimizer: Optimizer) -> None:
    """Raise unless the optimiser has a parameter of the model."""
    optimised = {p for group in optimizer.param_groups for p in group["params"]}
    if optimised.isdisjoint(model.parameters()):
        raise ArgumentError(
            "fit got an optimizer that has none of the model's parameters, so that nothing would "
            "be learnt; make it from this model's parameters()"
        )
