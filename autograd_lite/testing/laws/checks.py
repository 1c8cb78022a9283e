"""All laws at once: on some operands, or as a pytest test over a domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from autograd_lite.arguments import Rng, as_generator
from autograd_lite.errors import ArgumentError, GradientCheckError
from autograd_lite.testing.check_grads import name_of
from autograd_lite.testing.domains.build import Domain
from autograd_lite.testing.laws.law import Law
from autograd_lite.testing.laws.linear import (
    adjoint_identity,
    linearity_in_the_cotangent,
    symmetry_of_second_derivatives,
)
from autograd_lite.testing.laws.memory import no_hidden_state, nothing_aliased, nothing_mutated
from autograd_lite.testing.laws.numeric import (
    agreement_at_kinks,
    agreement_for_complex_operands,
    first_order_agreement,
    numeric_agreement,
)
from autograd_lite.testing.laws.paths import (
    arrays_path_is_values_path,
    compiled_equals_eager,
    dtype_kept,
)
from autograd_lite.testing.laws.structure import (
    broadcasting_is_tiling,
    permutation_equivariance,
    repeated_operand,
)
from autograd_lite.testing.runs import Run, run_of
from autograd_lite.testing.verdicts import Verdict

__all__ = ["FIRST_ORDER", "LAWS", "check_law", "check_laws", "gradient_laws"]

FIRST_ORDER: Final[tuple[Law, ...]] = (
    first_order_agreement,
    agreement_at_kinks,
    linearity_in_the_cotangent,
    repeated_operand,
    broadcasting_is_tiling,
    permutation_equivariance,
    dtype_kept,
    nothing_mutated,
    nothing_aliased,
    no_hidden_state,
)
"""Those for rules that run on arrays alone."""

LAWS: Final[tuple[Law, ...]] = (
    numeric_agreement,
    *FIRST_ORDER[1:],
    agreement_for_complex_operands,
    adjoint_identity,
    symmetry_of_second_derivatives,
    arrays_path_is_values_path,
    compiled_equals_eager,
)
"""All laws that are tried where none are named."""

TRIES: Final = 3
"""So many times operands are drawn where differences are too noisy to tell."""


Where = Domain | Sequence[Any] | Callable[[np.random.Generator], Sequence[Any]]
"""A domain, operands, or a function that draws operands."""


def check_laws(
    operation: Callable[..., Any],
    operands: Sequence[Any],
    params: Mapping[str, Any] | None = None,
    laws: Iterable[Law] = LAWS,
    rng: Rng = None,
    **flags: bool,
) -> Counter[Verdict | None]:
    """Check an operation at some operands by one law after the other.

    Parameters
    ----------
    operation : callable
        A `Primitive`, or a function of Values.
    operands : sequence
        Its positional arguments: arrays, numbers and trees of them.
    params : mapping, optional
        Its metadata, by keyword.
    laws : iterable of Law
        Default: all of them.
    rng : Generator or int, optional
        For random directions and weights. Default: the seed 0.
    **flags : bool
        See `Law`.

    Returns
    -------
    Counter
        How many laws hold (`Verdict.RIGHT`), are at a kink, do not apply (None).

    Raises
    ------
    GradientCheckError
        If the operation breaks a law.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd_lite.testing.laws import check_laws
    >>> found = check_laws(np.matmul, [np.eye(2), np.array([[0.5], [2.0]])])
    >>> sum(found.values()) == len(LAWS)
    True
    """
    generator = as_generator(0 if rng is None else rng)
    return Counter(law(operation, operands, params, generator, **flags) for law in laws)


def gradient_laws(
    operation: Callable[..., Any],
    domain: Where,
    *,
    laws: Sequence[Law] = LAWS,
    params: Mapping[str, Any] | None = None,
    **flags: bool,
) -> Callable[..., None]:
    """Return a pytest test of an operation, with a case for each law.

    Parameters
    ----------
    operation : callable
        A `Primitive`, or a function of Values.
    domain : Domain, sequence or callable
        Where to test it: a `Domain`, which has shapes and parameters of several calls; the operands
        themselves; or a function that draws them with a generator.
    laws : sequence of Law
        Default: all of them.
    params : mapping, optional
        Metadata, by keyword, besides those of the domain's calls.
    **flags : bool
        See `Law`; those of a domain are known.

    Returns
    -------
    callable
        The test. Assign it to a name that pytest looks for. The plugin's profile tells how many
        times operands are drawn, ``--gradcheck-seed`` for which seed.

    Examples
    --------
    >>> import autograd_lite as al
    >>> from autograd_lite.testing import domains, gradient_laws
    >>> test_hypot = gradient_laws(np.hypot, domains.of_two(domains.POSITIVE, domains.POSITIVE))
    """
    import pytest

    if not laws:
        raise ArgumentError("gradient_laws got no laws; leave laws out for all of them")

    @pytest.mark.parametrize("law", laws, ids=[law.name for law in laws])
    def test(law: Law, request: pytest.FixtureRequest) -> None:
        check_law(law, operation, domain, run_of(request.config), params=params, **flags)

    test.__doc__ = f"{name_of(operation)} obeys the laws of gradients."
    return test


def check_law(
    law: Law,
    operation: Callable[..., Any],
    domain: Where,
    run: Run,
    *,
    params: Mapping[str, Any] | None = None,
    **flags: bool,
) -> None:
    """Check an operation by one law, over all calls of a domain and all seeds of a session.

    Parameters are those of `gradient_laws`, and the `Run` that counts.

    Raises
    ------
    GradientCheckError
        If the operation breaks the law; a note says which seed shows it.
    """
    calls = list(draws(domain, dict(params or {}), flags))
    for seed in run.seeds():
        for draw in calls:
            with run.counting(f"{law.name}, --gradcheck-seed={seed}") as verdicts:
                verdicts.append(outcome(law, operation, draw, np.random.default_rng(seed)))


Draw = Callable[[np.random.Generator], tuple[Sequence[Any], Mapping[str, Any], dict[str, bool]]]
"""Returns operands, parameters and flags for a law."""


def draws(
    domain: Where,
    params: dict[str, Any],
    flags: dict[str, bool],
) -> Iterator[Draw]:
    """Yield a function for each call of a domain, or the one for operands that are given."""
    if isinstance(domain, Domain):
        known = {
            "half": domain.half,
            "dtype_kept": domain.dtype_kept,
            "complex_operands": domain.complex_operands,
            "ties": domain.ties,
            "interchangeable": domain.has_interchangeable_operands(),
            **flags,
        }
        for call in domain.calls:
            yield lambda rng, call=call: (  # type: ignore[misc]
                domain.operands(call.shapes, rng),
                {**params, **call.params},
                known,
            )
    elif callable(domain):
        yield lambda rng: (domain(rng), params, flags)
    else:
        yield lambda rng: (domain, params, flags)


def outcome(
    law: Law, operation: Callable[..., Any], draw: Draw, rng: np.random.Generator
) -> Verdict | None:
    """Return what a law says at some operands, drawn anew where differences are too noisy."""
    for tries in range(1, TRIES + 1):
        operands, params, flags = draw(rng)
        try:
            return law(operation, operands, params, rng, **flags)
        except GradientCheckError as error:
            verdict = getattr(error.report, "verdict", None)
            if verdict is not Verdict.INCONCLUSIVE or tries == TRIES:
                raise
    raise AssertionError  # the last try returns or raises
