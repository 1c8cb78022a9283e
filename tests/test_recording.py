"""no_grad: nesting, exceptions, threads, tasks, and decorated functions."""

from __future__ import annotations

import asyncio
import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd_lite as al
from autograd_lite.errors import ArgumentError
from autograd_lite.recording import is_recording

X = al.Value([1.0, 2.0])


def recorded() -> bool:
    """Return whether operations are recorded, asked in every way."""
    results = (X * 2, 2 * X, X + X, np.exp(X), X.sum(), X[0], np.stack([X, X]), -X)
    answers = {result.requires_grad for result in results} | {is_recording()}
    assert len(answers) == 1, "all operations agree"
    return answers.pop()


def test_results_inside_are_untracked() -> None:
    assert recorded()
    with al.no_grad():
        assert not recorded()
        result = X * X
        assert result.is_leaf
        assert result.operands == ()
        assert result.data.tolist() == [1, 4]
    assert recorded()
    assert not result.requires_grad


def test_leaves_made_inside_are_variables() -> None:
    with al.no_grad():
        x = al.Value(3.0)
    assert x.requires_grad
    assert (x * x).requires_grad


def test_blocks_nest() -> None:
    block = al.no_grad()
    with block:
        with al.no_grad(), block:
            assert not recorded()
        assert not recorded()
    assert recorded()


def test_an_exception_restores_recording() -> None:
    with pytest.raises(KeyError), al.no_grad():
        raise KeyError
    assert recorded()
    with al.no_grad():
        with pytest.raises(KeyError), al.no_grad():
            raise KeyError
        assert not recorded()
    assert recorded()


def test_as_a_decorator() -> None:
    @al.no_grad()
    def evaluate(x: Any, *, factor: float = 1.0) -> Any:
        """Evaluate."""
        assert not recorded()
        return x * factor

    assert (evaluate.__name__, evaluate.__doc__) == ("evaluate", "Evaluate.")
    assert not evaluate(X, factor=2.0).requires_grad
    assert recorded()


def test_a_decorated_function_that_raises_or_recurses() -> None:
    @al.no_grad()
    def countdown(n: int) -> None:
        assert not recorded()
        if n == 0:
            raise KeyError
        countdown(n - 1)

    with pytest.raises(KeyError):
        countdown(3)
    assert recorded()


def test_a_block_is_of_its_thread() -> None:
    inside, done = threading.Event(), threading.Event()
    seen: list[bool] = []

    def other() -> None:
        inside.wait(10)
        seen.append(recorded())
        with al.no_grad():
            seen.append(recorded())
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with al.no_grad():
        inside.set()
        assert done.wait(10)
        assert not recorded()
    thread.join()
    assert seen == [True, False]
    assert recorded()


def test_one_object_serves_many_threads() -> None:
    block, barrier = al.no_grad(), threading.Barrier(4)

    def enter_and_leave(_: int) -> tuple[bool, bool]:
        with block:
            barrier.wait(10)
            within = recorded()
        barrier.wait(10)
        return within, recorded()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(enter_and_leave, range(4))) == [(False, True)] * 4


def test_a_block_is_of_its_task() -> None:
    async def off(started: asyncio.Event, go: asyncio.Event) -> list[bool]:
        with al.no_grad():
            started.set()
            await go.wait()
            within = recorded()
        return [within, recorded()]

    async def on(started: asyncio.Event, go: asyncio.Event) -> list[bool]:
        await started.wait()
        seen = [recorded()]
        go.set()
        await asyncio.sleep(0)
        return [*seen, recorded()]

    async def main() -> list[list[bool]]:
        started, go = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(off(started, go), on(started, go))

    assert asyncio.run(main()) == [[False, True], [True, True]]
    assert recorded()


def test_a_task_inherits_the_block_that_it_was_started_in() -> None:
    async def ask() -> bool:
        return recorded()

    async def main() -> bool:
        with al.no_grad():
            task = asyncio.create_task(ask())
        return await task

    assert asyncio.run(main()) is False


def test_a_decorated_coroutine_function() -> None:
    @al.no_grad()
    async def evaluate() -> bool:
        before = recorded()
        await asyncio.sleep(0)
        return before or recorded()

    async def main() -> list[bool]:
        coroutine = evaluate()
        seen = [recorded()]
        seen.append(await coroutine)
        return [*seen, recorded()]

    assert asyncio.iscoroutinefunction(evaluate)
    assert evaluate.__name__ == "evaluate"
    assert asyncio.run(main()) == [True, False, True]


def test_generator_functions_are_refused() -> None:
    def numbers() -> Any:
        yield 1

    async def later() -> Any:
        yield 1

    for function in (numbers, later):
        with pytest.raises(ArgumentError, match=r"generator function.*put `with no_grad"):
            al.no_grad()(function)


def test_partial_generator_functions_are_refused() -> None:
    def numbers(n: int) -> Any:
        yield n

    with pytest.raises(ArgumentError):
        al.no_grad()(functools.partial(numbers, 1))


def test_a_generator_with_the_block_inside() -> None:
    def batches() -> Any:
        with al.no_grad():
            yield recorded()

    assert list(batches()) == [False]
    assert recorded()


def test_assigning_and_accumulating_inside() -> None:
    x = al.Value(2.0)
    y = x * x
    with al.no_grad():
        y.backward()
        x.data = x.data - 0.5 * x.grad
    assert (x.grad, x.data) == (4, 0)
    assert x.requires_grad


def test_create_graph_inside_gives_constants() -> None:
    x = al.Value(2.0)
    y = x * x
    with al.no_grad():
        y.backward(create_graph=True)
    assert not x.grad.requires_grad
    assert x.grad.data == 4
