"""The command for GPUs measures on a CPU too, with tiny sizes, where few packages are installed."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from torch.autograd import DeviceType
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.gpu import __main__ as command
from benchmarks.gpu.figures import Figures, NotMeasured, read_figures
from benchmarks.gpu.marked_tests import run_marked_tests
from benchmarks.gpu.networks import load_network, make_batches, piece_counts, plain
from benchmarks.gpu.part import Place, figures_path, measure_part, part_command, run_limited
from benchmarks.gpu.pipeline import command as pipeline_command
from benchmarks.gpu.settings import MODELS, PARTS, QUICK, ROOT, Setting
from benchmarks.gpu.table import as_table
from benchmarks.gpu.tagger import summarise
from benchmarks.gpu.texts import count_words, make_sentences, save_albert_base, write_documents
from benchmarks.gpu.timing import albert_flops, check_time
from benchmarks.gpu.variants import ATTENTION, FIXED_SHAPES, packed
from pipeline.options import parse_options
from transforms.model.checkpoint import EMBEDDED

ABSENT = ("apache_beam", "nupunkt", "smart_open")
# Has each process of Python that finds it fail to import those packages.
BLOCKER = f"""
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ABSENT}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
"""
TINY = replace(QUICK, pass_pieces=40, budget=40, budgets=(40,), processes=(2,), batch_sizes=(2,))


@pytest.fixture
def setting(tmp_path):
    return Setting("cpu", "fp32", TINY, tmp_path, seconds=900.0, models=(EMBEDDED,))


@pytest.fixture
def without_packages(tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(BLOCKER)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")


@pytest.mark.parametrize(
    ("part", "measured"),
    [
        ("model", {"embedded, model alone, 40 pieces a batch", "matrix product, bf16"}),
        ("tagger", {"embedded, tagger, 40 pieces a batch"}),
        ("transformers", {"embedded, pipeline, bf16, 2 sentences a batch"}),
        ("attention", {f"embedded, {name}" for name in ATTENTION if "in a row" not in name}),
        ("compile", {"embedded, plain forward pass", "embedded, additive mask"}),
    ],
)
def test_a_part_measures_on_a_cpu(setting, part, measured):
    rows = measure_part(part, setting).rows
    assert not [row for row in rows.values() if "error" in row], rows
    assert {name for name, row in rows.items() if "not_measured" not in row} >= measured
    for name in measured:
        assert rows[name].get("words_per_s") or rows[name].get("tflops")


def test_processes_tag_together_where_packages_are_missing(setting, without_packages):
    rows = measure_part("processes", setting).rows
    assert list(rows) == ["embedded, tagger in 2 processes"], rows
    assert rows["embedded, tagger in 2 processes"]["words_per_s"] > 0


def test_a_part_measures_and_all_are_imported_where_packages_are_missing(
    tmp_path, without_packages
):
    save_albert_base(tmp_path / "albert-base")
    place = Place("cpu", "fp32", quick=True, work=tmp_path)
    names = [path.stem for path in (ROOT / "benchmarks" / "gpu").glob("*.py")]
    code = f"""
import sys, {", ".join(f"benchmarks.gpu.{name}" for name in names)}
sys.argv = {part_command("model", place, 900.0)[2:]!r}
benchmarks.gpu.part.main()
assert not set({ABSENT}) & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    rows = read_figures(figures_path("model", tmp_path))
    assert rows["albert-base, model alone, 64 pieces a batch"]["words_per_s"] > 0


def test_the_figures_of_all_parts_are_saved(tmp_path):
    place = Place("cpu", "fp32", quick=True, work=tmp_path)
    parts = command.measure_parts(["model"], place, 1.0, tmp_path / "gpu.json")
    assert parts == {"model": {"model": {"not_measured": "the time of the whole is over"}}}
    assert json.loads((tmp_path / "gpu.json").read_text())["parts"] == parts
    assert "not measured: model: model: the time of the whole is over" in as_table(parts)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_without_a_gpu_it_says_so_in_a_line_and_ends_with_2(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gpu"])
    assert command.main() == 2
    assert capsys.readouterr().out == (
        "there is no device cuda here, only cpu; --device cpu --quick shows on a CPU that "
        "everything works\n"
    )


def test_the_operations_are_those_that_pytorch_counts(setting):
    network = load_network(EMBEDDED, setting)
    network.set_attn_implementation("eager")
    batches = make_batches([3, 9, 4], 20, setting)
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        for batch in batches:
            plain(network)(batch)
    shapes = [batch.shape for batch in batches]
    assert counter.get_total_flops() == albert_flops(network.config, shapes)


@pytest.mark.parametrize("trial", ["additive mask", "eager attention"])
def test_a_trial_with_a_mask_gives_the_logits_of_the_plain_pass(setting, trial):
    network, other = (load_network(EMBEDDED, setting) for _ in range(2))
    forward = ATTENTION[trial](other)
    with torch.inference_mode():
        for batch in make_batches([3, 9, 4], 20, setting):
            real = batch.mask.bool()
            torch.testing.assert_close(
                forward(batch)[real], plain(network)(batch)[real], rtol=1e-3, atol=1e-3
            )


def attend_by_turns(query, key, value, ends, *_):
    """Does on a CPU what `varlen_attn` does on a GPU."""
    spans = [slice(start, end) for start, end in pairwise(ends.tolist())]
    return torch.cat(
        [
            torch.nn.functional.scaled_dot_product_attention(
                *(rows[span].transpose(0, 1) for rows in (query, key, value))
            ).transpose(0, 1)
            for span in spans
        ]
    )


def test_sentences_in_a_row_give_the_logits_of_the_plain_pass(setting, monkeypatch):
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", attend_by_turns)
    network, other = (load_network(EMBEDDED, setting) for _ in range(2))
    forward = packed(other)
    with torch.inference_mode():
        for batch in make_batches([3, 9, 4], 20, setting):
            expected = plain(network)(batch)[batch.mask.bool()]
            torch.testing.assert_close(forward(batch)[0], expected, rtol=1e-3, atol=1e-3)


def test_trials_that_need_a_gpu_are_named(setting):
    if torch.cuda.is_available():
        pytest.skip("needs a machine without a GPU")
    with pytest.raises(NotMeasured, match="CUDA graphs: only on a GPU"):
        FIXED_SHAPES["additive mask, CUDA graphs"](None)


def test_sentences_are_new_with_each_seed_and_as_long_as_news():
    one, other = (make_sentences(5000, seed) for seed in (1, 2))
    assert one == make_sentences(5000, seed=1)
    assert len({*map(tuple, one)} & {*map(tuple, other)}) < len(one) / 10
    assert count_words(one) >= 5000
    assert 12 < count_words(one) / len(one) < 20


def test_both_models_read_the_same_pieces(setting):
    save_albert_base(setting.folder("albert-base"))
    sentences = make_sentences(200, seed=0)
    counts = [piece_counts(model, sentences, setting) for model in MODELS]
    assert counts[0] == counts[1]
    assert load_network("albert-base", setting).config.hidden_size == 768


def test_what_the_profiler_saw_is_added_up():
    def event(key, device_type, device_us, cpu_us=0, count=1):
        return SimpleNamespace(
            key=key,
            device_type=device_type,
            self_device_time_total=device_us,
            self_cpu_time_total=cpu_us,
            is_user_annotation=False,
            count=count,
        )

    events = [
        event("gemm", DeviceType.CUDA, 500_000, count=7),
        event("Memcpy", DeviceType.CUDA, 250_000, count=2),
        event("aten::mm", DeviceType.CPU, 500_000, 9_000),
        event("cudaStreamSynchronize", DeviceType.CPU, 0, 200_000),
    ]
    row = summarise(events, seconds=1.0)
    assert (row["device_s"], row["waiting_s"], row["launches"]) == (0.75, 0.2, 9)
    assert (row["device_share"], row["host_share"]) == (0.75, 0.8)
    assert row["kernels"] == {"gemm": 0.5, "Memcpy": 0.25}


def test_the_tests_that_are_marked_run_and_a_missing_package_is_named(setting, tmp_path):
    marked = "import pytest\n{}\n@pytest.mark.gpu\ndef test_it():\n    {}\n"
    (tmp_path / "test_good.py").write_text(marked.format("", "pass"))
    (tmp_path / "test_bad.py").write_text(marked.format("", "assert False"))
    (tmp_path / "test_skips.py").write_text(marked.format("", "pytest.skip('no device')"))
    (tmp_path / "test_lacks.py").write_text(marked.format("import not_there", "pass"))
    (tmp_path / "test_other.py").write_text("import not_there_either\n")
    figures = Figures(tmp_path / "tests.json")
    run_marked_tests(setting, figures, tmp_path)
    rows = figures.rows
    assert rows["test_good::test_it"]["outcome"] == "passed"
    assert "assert False" in rows["test_bad::test_it"]["error"]
    assert rows["test_skips::test_it"] == {"not_measured": "skipped: no device"}
    assert rows["test_lacks"] == {"not_measured": "skipped: not_there is not installed"}
    assert len(rows) == 4


def test_a_part_that_hangs_or_fails_is_stopped_and_told(tmp_path):
    python = [sys.executable, "-c"]
    log = tmp_path / "log"
    assert run_limited([*python, "import time; time.sleep(99)"], log, 1.0) == (
        "it was stopped after 1 s"
    )
    assert run_limited([*python, "print('why'); raise SystemExit(3)"], log, 60.0) == (
        "it ended with 3\nwhy"
    )
    assert run_limited([*python, "pass"], log, 60.0) == ""


def test_what_fails_or_comes_too_late_becomes_a_row_and_the_others_go_on(tmp_path, setting):
    figures = Figures(tmp_path / "rows.json")
    with figures.attempt("broken"):
        raise ValueError("no kernel")
    with figures.attempt("late"):
        check_time(replace(setting, seconds=0.0))
    figures.put("good", words_per_s=2.0, model=EMBEDDED)
    assert figures.rows["broken"]["error"] == "ValueError: no kernel"
    assert figures.rows["late"] == {"not_measured": "the part's time is over"}
    table = as_table({"tagger": figures.rows, "transformers": {"x": figures.rows["good"]}})
    assert "FAILED: tagger: broken: ValueError: no kernel" in table
    assert "good" in table


def test_the_pipeline_knows_the_flags_that_it_is_run_with(setting, tmp_path):
    assert write_documents(tmp_path / "news.jsonl.gz", 100) >= 100
    given = pipeline_command(EMBEDDED, tmp_path / "news.jsonl.gz", tmp_path / "out", 3, setting)
    options = parse_options(given[3:])
    assert (options.workers, options.model.device) == (3, "cpu")


def test_unknown_parts_are_refused():
    assert command.parse_parts("model,tagger") == ["model", "tagger"]
    assert set(command.parse_parts(",".join(PARTS))) == set(PARTS)
    with pytest.raises(Exception, match="modle"):
        command.parse_parts("modle")
