from lorentzian import lorentzian

from autograd_lite.testing import domains, gradient_laws

test_lorentzian = gradient_laws(lorentzian, domains.of_two(domains.REAL, domains.POSITIVE))


def test_a_narrow_line(check_grads):
    check_grads(lorentzian, [0.3, 0.01])
