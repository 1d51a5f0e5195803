import pytest

from pipeline.arguments import Parser
from pipeline.cli import main
from pipeline.errors import ExitCode, UsageError
from pipeline.options import make_parser, parse_options
from pipeline.settings import BeamFlags
from tests.places import ROOT

BASICS = ["--input", "a.txt", "b.txt", "--output", "out"]


def test_flags_of_beam_go_beside_ours():
    options = parse_options([*BASICS, "--direct_num_workers", "2", "--limit=5"])
    assert options.input == ("a.txt", "b.txt")
    assert options.beam.flags == ("--direct_num_workers", "2")
    assert options.settings.limit == 5


def test_hyphens_are_underscores():
    assert parse_options([*BASICS, "--text-field", "a-b"]).settings.text_field == ("a-b",)


def test_a_flag_that_is_given_again_adds_its_values():
    again = ["--input=c.txt", "--text_field=a", "--text_field=b", "--keep", "d", "e", "--keep=f"]
    options = parse_options([*BASICS, *again])
    assert options.input == ("a.txt", "b.txt", "c.txt")
    assert options.settings.text_field == ("a", "b")
    assert options.settings.keep == ("d", "e", "f")
    assert parse_options(BASICS).settings.text_field == ()


@pytest.mark.parametrize(
    "flags",
    [
        ["--keep", "a", "b=c"],
        ["--keep=a", "--keep=b=c"],
        ['--keep=["a", "b=c"]'],
    ],
)
def test_several_values_may_come_in_one_word_or_in_several_flags(flags):
    assert parse_options([*BASICS, *flags]).settings.keep == ("a", "b=c")


def test_a_given_value_takes_the_place_of_the_default():
    assert parse_options([*BASICS, "--text_field=body"]).settings.text_field == ("body",)


def test_a_glob_that_begins_with_a_bracket_is_no_list():
    assert parse_options(["--input=[ab]*.txt", "--output=out"]).input == ("[ab]*.txt",)


def test_switches_may_have_a_value():
    assert parse_options([*BASICS, "--overwrite=true"]).overwrite
    assert not parse_options([*BASICS, "--overwrite=false"]).overwrite
    assert parse_options(["--overwrite", *BASICS]).overwrite


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--overwrite=yes"], "must be true or false, got yes"),
        (["--line_break", "auto"], "unknown flag --line_break; did you mean --line_breaks?"),
        (["--max_rejects_ratio=1"], "did you mean --max_reject_ratio?"),
        (["--line_breaks", "never"], "invalid choice: 'never'"),
        (["--max_expansion", "0"], "must be at least 1, got 0"),
        (["--limit", "0"], "must be at least 1, got 0"),
        (["--max_reject_ratio", "5"], "must be between 0 and 1, got 5"),
        (["--date_format", "%Y"], "--date_format needs --date_field"),
        (["--date_field", "d", "--date_format", "%d/%m"], "has no year"),
        (
            ["--date_field", "d", "--date_format", "iso"],
            "--date_format iso: neither one of strptime",
        ),
        (["--partition_by", "year"], "--partition_by year needs --date_field or --date_from_name"),
        (["--date_from_name", "%m-%d"], "--date_from_name %m-%d: it has no year"),
        (["--date_from_name", "%Y-%Q"], "--date_from_name %Y-%Q: %Q is none of"),
        (["--partition_by", "k"], "add --keep k"),
        (["--keep", "a/b", "--partition_by", "a/b"], "no folder's name can tell it"),
        (["--keep", "a=b=c", "--partition_by", "b=c"], "no folder's name can tell it"),
        (["--keep", "publisher="], "--keep publisher=: a name is empty"),
        (["--delimiter", ";;"], "must be one character or the word tab, got ';;'"),
        (["--delimiter", '"'], "must be one character or the word tab"),
        (
            ["--encoding", "latin-99"],
            "must be an encoding of text that Python knows, got 'latin-99'",
        ),
        (["--encoding", "rot13"], "must be an encoding of text that Python knows, got 'rot13'"),
        (["--encoding=base64"], "must be an encoding of text that Python knows, got 'base64'"),
        (["--text_field", "a", "a"], "--text_field a a names one twice"),
        (["--languages", "fr", "fr"], "--languages fr fr names one twice"),
        (["--languages", "en", "any"], "--languages any en: any stands alone"),
        (
            ["--languages", "en", "klingon"],
            "--languages klingon: neither any nor one of aa ab af",
        ),
    ],
)
def test_a_wrong_flag_says_what_to_change(flags, message):
    with pytest.raises(UsageError) as error:
        parse_options([*BASICS, *flags])
    assert message in str(error.value)


def test_what_is_needed_is_named():
    with pytest.raises(UsageError, match="--input"):
        parse_options(["--output", "out"])


def test_a_misspelt_flag_is_named_before_one_that_is_missing():
    with pytest.raises(UsageError, match="unknown flag --inputs; did you mean --input"):
        parse_options(["--inputs", "x", "--output", "y"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["tagg", "foo"], "unknown command tagg; did you mean tag?"),
        (["frobnicate"], "unknown command frobnicate; there are run, tag, train, evaluate"),
        (["README.md", "--output", "x"], "did you mean --input README.md?"),
        (["news/*.jsonl", "--output", "x"], "did you mean --input news/*.jsonl?"),
        (["tag", "--jsn", "x"], "unknown flag --jsn; did you mean --json?"),
        (["train", "--trian", "x"], "unknown flag --trian; did you mean --train?"),
        (["evaluate"], "the following arguments are required: --data"),
        ([], "the following arguments are required: --input, --output"),
    ],
)
def test_a_wrong_word_says_what_was_meant(words, message, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(words) == ExitCode.WRONG_USAGE
    assert message in capsys.readouterr().err


def test_portable_runners_may_have_flags_of_their_own():
    flags = ("--runner=FlinkRunner", "--some_flink_flag=1")
    assert parse_options([*BASICS, *flags]).beam.flags == flags


def test_the_runner_that_is_the_default_may_be_named():
    flags = ["--runner=FnApiRunner", "--workers=2"]
    options = parse_options([*BASICS, *flags])
    assert options.beam == BeamFlags(flags=("--runner=FnApiRunner",))
    assert options.beam.is_local
    assert options.workers == 2


@pytest.mark.parametrize(
    ("runner", "flag"),
    [
        ("DataflowRunner", "--max_num_workers"),
        ("flink", "--parallelism"),
        ("PortableRunner", "--sdk_worker_parallelism"),
        ("DirectRunner", "--direct_num_workers"),
        ("some.module.OtherRunner", "OtherRunner has flags of its own"),
    ],
)
def test_other_runners_count_their_workers_themselves(runner, flag):
    assert not parse_options([*BASICS, "--runner", runner]).beam.is_local
    with pytest.raises(UsageError, match=f"--workers counts processes .*{flag}"):
        parse_options([*BASICS, "--runner", runner, "--workers", "2"])


def test_no_flag_of_ours_is_one_of_beam():
    from apache_beam.options.pipeline_options import PipelineOptions

    beam = Parser(add_help=False)
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(beam)  # type: ignore[arg-type]
    ours = {flag for flag in make_parser()._option_string_actions if flag.startswith("--")}
    assert ours.intersection(beam._option_string_actions) == set()


def test_flags_of_s3_become_variables_which_all_that_opens_files_follows():
    flags = ("--s3_endpoint_url=http://minio:9000", "--s3_region_name", "eu", "--job_name=a")
    options = parse_options([*BASICS, *flags])
    assert options.beam.flags == ("--job_name=a",)
    assert options.beam.store_variables == {
        "AWS_ENDPOINT_URL_S3": "http://minio:9000",
        "AWS_DEFAULT_REGION": "eu",
    }


@pytest.mark.parametrize("flag", ["--s3_secret_access_key=xyz", "--s3_disable_ssl"])
def test_flags_of_s3_that_would_not_reach_everything_are_refused(flag):
    with pytest.raises(UsageError, match=flag.partition("=")[0] + " does not reach") as error:
        parse_options([*BASICS, flag])
    assert "xyz" not in str(error.value)
