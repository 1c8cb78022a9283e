"""The scorecard of Sections 1 to 3."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score

from demos import scorecard
from demos.island_data import prepared
from demos.scorecard import (
    auc_on_test_events,
    descend,
    galaxies,
    logistic_regression,
    regression,
    solve,
)


def test_closed_form_agrees_with_gradient_descent():
    fitted = regression()
    assert fitted.difference < 1e-6
    assert fitted.hubble_constant == pytest.approx(70, abs=1)
    assert fitted.mse**0.5 == pytest.approx(scorecard.SCATTER, rel=0.15)


def test_gradient_descent_moves():
    X, y = galaxies()
    far, near = (np.abs(descend(X, y, steps=n) - solve(X, y)).max() for n in (5, 100))
    assert far > 100 * near > 0


def test_closed_form_agrees_with_scikit_learn():
    X, y = galaxies()
    reference = LinearRegression(fit_intercept=False).fit(X, y)
    np.testing.assert_allclose(solve(X, y), reference.coef_)


def test_logistic_regression_agrees_with_scikit_learn():
    data = prepared()
    reference = LogisticRegression(C=np.inf).fit(data.X_train, data.y_train)
    model = logistic_regression()
    np.testing.assert_allclose(model.weight.data, reference.coef_, atol=1e-3)
    auc = roc_auc_score(data.y_test, reference.decision_function(data.X_test))
    assert auc_on_test_events(model) == pytest.approx(auc, abs=1e-3)
    assert auc_on_test_events(model) == pytest.approx(0.585, abs=0.002)


def test_main_prints_the_articles_rows(tmp_path, capsys):
    scorecard.main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"scorecard.png", "scorecard.svg"}
    lines = capsys.readouterr().out.splitlines()
    rows = ["model", "boundary", "loss", "optimiser", "hidden activations", "parameters"]
    assert [line[:20].strip() for line in lines[1:7]] == rows
    assert lines[6].split() == ["parameters", "2", "3", "1,185"]
    assert lines[7].startswith("on test data")
