"""Saving and loading: what comes back, what damage does, and what a failure leaves behind."""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
import sys
import zipfile

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd_lite import Value, errors, nn, optim
from autograd_lite.serialization import load, save

SUFFIXES = [".npz", ".safetensors"]


@pytest.fixture(params=SUFFIXES)
def path(request, tmp_path):
    if request.param == ".safetensors":
        pytest.importorskip("safetensors")
    return tmp_path / f"state{request.param}"


def same(a, b):
    """Whether two states are equal in content, types and dtypes."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b or (a != a and b != b)


def round_trip(path, state):
    save(path, state)
    return load(path)


OPTIMISER_STATE = {
    "state": {
        0: {"step": 3, "exp_avg": np.arange(6.0).reshape(2, 3), "exp_avg_sq": np.ones((2, 3))},
        1: {"step": 3, "exp_avg": np.zeros(2, np.float32), "exp_avg_sq": None},
    },
    "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999), "amsgrad": False, "params": [0, 1]}],
}


def test_an_optimiser_state_survives(path):
    assert same(round_trip(path, OPTIMISER_STATE), OPTIMISER_STATE)


def test_a_state_dict_survives_and_loads(path):
    net, other = nn.MLP([2, 3, 1], rng=0), nn.MLP([2, 3, 1], rng=1)
    state = round_trip(path, net.state_dict())
    assert state.keys() == net.state_dict().keys()
    other.load_state_dict(state)
    for p, q in zip(net.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_loaded_arrays_can_be_written_to(path):
    loaded = round_trip(path, {"a": np.zeros(3), "b": [np.zeros(2)]})
    loaded["a"][0] = loaded["b"][0][0] = 1.0
    assert loaded["a"][0] == 1.0


dtypes = st.sampled_from(
    [np.dtype(code) for code in ["?", "i1", "i4", "i8", "u1", "u8", "f2", "f4", "f8"]]
)
arrays = dtypes.flatmap(
    lambda dtype: hnp.arrays(
        dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
    )
)
scalars = dtypes.flatmap(lambda dtype: hnp.arrays(dtype, ())).map(lambda a: a[()])
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
keys = (
    st.text(max_size=5)
    | st.integers(-2, 2)
    | st.sampled_from(["a", "a.b", "b", "file", "__metadata__", "autograd_lite"])
)
states = st.recursive(
    arrays | scalars | plain,
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.tuples(parts, parts)
        | st.dictionaries(keys, parts, max_size=4)
    ),
    max_leaves=8,
)


@given(states)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_state_survives(path, state):
    assert same(round_trip(path, state), state)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12.0)[::-2],
        np.arange(6.0).reshape(2, 3)[:, 1],
        np.broadcast_to(np.arange(3.0), (2, 3)),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(3.0).astype(">f8"),
    ],
    ids=["transposed", "reversed", "column", "broadcast", "fortran", "big-endian"],
)
def test_memory_layout_does_not_matter(path, array):
    loaded = round_trip(path, {"a": array})["a"]
    np.testing.assert_array_equal(loaded, array)
    assert loaded.shape == array.shape
    assert loaded.dtype == np.float64


def test_numbers_keep_their_kind(path):
    state = {"a": np.float32(0.1), "b": 0.1, "c": 1, "d": True, "e": np.array(2.0), "f": -0.0}
    loaded = round_trip(path, state)
    assert {k: type(v) for k, v in loaded.items()} == {k: type(v) for k, v in state.items()}
    assert loaded["a"] == np.float32(0.1)
    assert loaded["e"].shape == ()
    assert math.copysign(1, loaded["f"]) == -1


def test_infinities_and_nan_survive(path):
    state = {"best": math.inf, "worst": [-math.inf, math.nan], math.inf: 1}
    assert same(round_trip(path, state), state)


def test_colliding_names_are_kept_apart(path):
    state = {
        "array 2": np.full(1, 2.0),
        "a": {"b": np.zeros(1)},
        "a.b": np.ones(1),
        "": np.ones(2),
    }
    assert same(round_trip(path, state), state)


def test_a_generator_state_resumes_dropout(path):
    layer = nn.Dropout(0.5, rng=3)
    layer(np.ones(5))
    saved = round_trip(path, {"rng": layer.rng.bit_generator.state})
    expected = layer(np.ones(20))
    layer.rng.bit_generator.state = saved["rng"]
    np.testing.assert_array_equal(layer(np.ones(20)), expected)


def test_training_resumes_bit_for_bit(path):
    x = np.random.default_rng(0).normal(size=(20, 2))
    y = x[:, :1] * x[:, 1:] > 0

    def train(net, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(net(x), y).backward()
            optimizer.step()

    net = nn.MLP([2, 4, 1], rng=0)
    optimizer = optim.Adam(net.parameters(), lr=0.01)
    train(net, optimizer, 5)
    save(path, {"net": net.state_dict(), "optimizer": optimizer.state_dict()})
    train(net, optimizer, 5)

    state = load(path)
    other = nn.MLP([2, 4, 1], rng=1)
    other.load_state_dict(state["net"])
    resumed = optim.Adam(other.parameters(), lr=1.0)
    resumed.load_state_dict(state["optimizer"])
    train(other, resumed, 5)
    for p, q in zip(net.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_equal_states_make_equal_files(path):
    save(path, OPTIMISER_STATE)
    first = path.read_bytes()
    save(path, OPTIMISER_STATE)
    assert path.read_bytes() == first


# Other programs


def test_numpy_reads_a_state_dict(tmp_path):
    state = nn.Linear(2, 3, rng=0).state_dict()
    save(tmp_path / "net.npz", state)
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert set(file) == {"weight", "bias"}
        np.testing.assert_array_equal(file["weight"], state["weight"])


def test_safetensors_reads_a_state_dict(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    state = nn.MLP([2, 3, 1], rng=0).state_dict()
    save(tmp_path / "net.safetensors", state)
    read = safetensors.load_file(tmp_path / "net.safetensors")
    assert read.keys() == state.keys()
    for name in state:
        np.testing.assert_array_equal(read[name], state[name])


@pytest.mark.parametrize("writer", [np.savez, np.savez_compressed])
def test_a_foreign_npz_loads_as_a_flat_dict(tmp_path, writer):
    writer(tmp_path / "f.npz", a=np.arange(3), b=np.float32(1.5))
    loaded = load(tmp_path / "f.npz")
    assert same(loaded, {"a": np.arange(3), "b": np.array(1.5, np.float32)})


def test_a_foreign_safetensors_loads_as_a_flat_dict(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    state = {"a": np.arange(3), "b": np.ones((2, 2), np.float16)}
    safetensors.save_file(state, tmp_path / "f.safetensors", metadata={"format": "np"})
    loaded = load(tmp_path / "f.safetensors")
    assert same(dict(sorted(loaded.items())), state)


def test_torch_moves_through_safetensors(tmp_path):
    torch = pytest.importorskip("torch")
    safetensors = pytest.importorskip("safetensors.torch")
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    safetensors.save_file(theirs.state_dict(), tmp_path / "f.safetensors")
    ours = nn.MLP([2, 3, 1], dtype=np.float32, rng=0)
    ours.load_state_dict(load(tmp_path / "f.safetensors"))
    x = np.ones((4, 2), np.float32)
    np.testing.assert_allclose(
        ours(x).data, theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-5
    )


def test_an_npz_with_pickled_objects_is_refused(tmp_path):
    np.savez(tmp_path / "f.npz", a=np.array([{"x": 1}], dtype=object))
    with pytest.raises(errors.FileFormatError, match="allow_pickle=False"):
        load(tmp_path / "f.npz")


def test_a_zip_of_something_else_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "f.npz", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(errors.FileFormatError, match=r"readme\.txt"):
        load(tmp_path / "f.npz")


# Damage


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"hello world, this is text", b"PK\x05\x06", b"\xff" * 99]
)
def test_other_content_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(errors.FileFormatError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert "save it again" in str(caught.value)


@pytest.mark.parametrize(
    "state", [{"w": np.arange(4.0), "b": np.ones(2, np.float32)}, OPTIMISER_STATE]
)
def test_a_file_cut_short_at_any_byte_is_refused(path, state):
    save(path, state)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(errors.FileFormatError, match=path.suffix):
            load(path)


@pytest.mark.parametrize(
    "state", [{"w": np.arange(4.0), "b": np.ones(2, np.float32)}, OPTIMISER_STATE]
)
def test_a_flipped_bit_is_found_or_harmless(path, state):
    save(path, state)
    whole = path.read_bytes()
    found = 0
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << (position * 5) % 8
        path.write_bytes(damaged)
        try:
            loaded = load(path)
        except errors.FileFormatError:
            found += 1
        else:
            assert same(loaded, state), f"byte {position} changed the content silently"
    assert found > len(whole) / 3


@given(st.data())
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_scrambled_bytes_raise_nothing_else(path, data):
    save(path, OPTIMISER_STATE)
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, len(whole) - 1))
        whole[position] = data.draw(st.integers(0, 255))
    path.write_bytes(whole)
    with contextlib.suppress(errors.FileFormatError):
        load(path)


def rewrite_structure(path, change):
    """Rewrite the description inside an .npz as another program could."""
    with np.load(path) as file:
        arrays = dict(file)
    name = "autograd_lite"
    described = json.loads(arrays[name].tobytes())
    arrays[name] = np.frombuffer(json.dumps(change(described)).encode(), np.uint8)
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: {**d, "version": 99}, "version 99"),
        (lambda d: {**d, "state": {"array": "other"}}, "other"),
        (lambda d: {**d, "state": 1}, "not described"),
        (lambda d: {**d, "state": {"program": "0.a"}}, "program"),
        (lambda d: [], "TypeError"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(tmp_path, change, message):
    path = tmp_path / "f.npz"
    save(path, [{"a": np.ones(2)}])
    rewrite_structure(path, change)
    with pytest.raises(errors.FileFormatError, match=message):
        load(path)


# What cannot be saved, and what a failure leaves behind


def recursive_list():
    """Return a list that contains itself."""
    parts = []
    parts.append(parts)
    return parts


@pytest.mark.parametrize(
    ("part", "advice"),
    [
        (Value(1.0), r"\.data"),
        (nn.Linear(1, 1, rng=0), r"state_dict\(\)"),
        ({1, 2}, "set"),
        (b"bytes", "bytes"),
        (1j, "complex"),
        (np.array([object()]), "object"),
        (np.array(["text"]), "<U4"),
        (np.ones(1, complex), "complex128"),
        ({(1, 2): 3}, r"key \(1, 2\)"),
        ({np.int64(1): 3}, "key"),
        (recursive_list(), "contains itself"),
    ],
)
def test_what_cannot_be_saved_says_where(path, part, advice):
    save(path, {"a": 1})
    before = path.read_bytes()
    with pytest.raises(errors.ArgumentError, match=advice) as caught:
        save(path, {"net": [part]})
    assert "state['net'][0]" in str(caught.value)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_tensor_is_refused_with_advice(path):
    torch = pytest.importorskip("torch")
    with pytest.raises(errors.ArgumentError, match=r"numpy\.asarray"):
        save(path, {"a": torch.ones(1)})


@pytest.mark.parametrize("function", ["write", "replace"])
def test_a_failure_keeps_the_old_file_and_leaves_nothing(path, function, monkeypatch):
    save(path, {"a": 1})

    def fail(*args, **kwargs):
        raise OSError("disk full")

    target = (os, "fsync") if function == "write" else (type(path), "replace")
    monkeypatch.setattr(*target, fail)
    with pytest.raises(OSError, match="disk full"):
        save(path, {"a": 2})
    assert list(path.parent.iterdir()) == [path]
    assert load(path) == {"a": 1}


def test_an_interrupt_leaves_nothing(path, monkeypatch):
    def interrupt(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(path, {"a": 2})
    assert list(path.parent.iterdir()) == []


def test_the_content_is_on_disk_before_the_file_moves(path, monkeypatch):
    events = []
    fsync, replace = os.fsync, type(path).replace
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append("fsync"), fsync(fd)))
    monkeypatch.setattr(
        type(path), "replace", lambda self, to: (events.append("replace"), replace(self, to))
    )
    save(path, {"a": 1})
    assert events == ["fsync", "replace"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_file_gets_the_usual_permissions(path):
    save(path, {"a": 1})
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_a_symbolic_link_stays_one(path):
    link = path.with_name(f"latest{path.suffix}")
    save(path, {"a": 1})
    link.symlink_to(path.name)
    save(link, {"a": 2})
    assert link.is_symlink()
    assert load(path) == {"a": 2}


@pytest.mark.parametrize("name", ["net.pt", "net", "net.npz.bak", "net.npy"])
def test_an_unknown_suffix_is_refused(tmp_path, name):
    with pytest.raises(errors.ArgumentError, match=r"\.npz or \.safetensors"):
        save(tmp_path / name, {})
    with pytest.raises(errors.ArgumentError, match=r"\.npz or \.safetensors"):
        load(tmp_path / name)


def test_the_case_of_a_suffix_does_not_matter(tmp_path):
    save(tmp_path / "NET.NPZ", {"a": 1})
    assert load(str(tmp_path / "NET.NPZ")) == {"a": 1}


def test_a_missing_file_is_a_missing_file(path):
    with pytest.raises(FileNotFoundError):
        load(path)
    with pytest.raises(FileNotFoundError):
        save(path.parent / "nowhere" / path.name, {})


def test_safetensors_is_needed_for_its_files_only(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(errors.MissingDependencyError, match=r"autograd_lite\[io\]"):
        save(tmp_path / "f.safetensors", {})
    (tmp_path / "f.safetensors").write_bytes(b"x")
    with pytest.raises(errors.MissingDependencyError, match=r"autograd_lite\[io\]"):
        load(tmp_path / "f.safetensors")
    save(tmp_path / "f.npz", {})
