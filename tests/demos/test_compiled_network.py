"""The demo of the compiled network."""

from demos import compiled_network


def test_it_prints_both_and_how_they_agree(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(compiled_network, "STEPS", 3)
    monkeypatch.setattr(compiled_network, "find_spec", lambda name: None)
    compiled_network.main(tmp_path)
    text = capsys.readouterr().out
    assert "def compiled(X, y, weight_0, bias_0, weight_2, bias_2, weight_4, bias_4):" in text
    gap = float(text.split("largest difference between the two: ")[1].split()[0])
    assert gap < 1e-15
    assert "needs numba" in text
    assert text.count("µs") == 2
