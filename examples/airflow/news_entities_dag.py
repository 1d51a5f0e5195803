"""Tags the news every night on this Airflow's machine: an example to start from.

Each night's folder is added to the same tables. What is the same every night stands in `news.toml`
beside this file, or in variables such as NEWS_ENTITIES_OUTPUT. Airflow keeps its own environment,
and the pipeline has another one, whose folder of programs is named here. Beam's operator runs
`python news-entities --runner=... --config=... --input=...` with the programs of that folder; an
option that is a list becomes a flag for each of its values.

A job that fails (exit code 1) is tried again, and mostly goes on where it stopped. One that
finished with too many rejects (3) would end in the same way again: so the first task takes any
number of them, and the second, which finds nothing to do, fails on them at once.
"""

import os
import shlex
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.apache.beam.hooks.beam import beam_options_to_args
from airflow.providers.apache.beam.operators.beam import BeamRunPythonPipelineOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROGRAMS = os.environ.get("NEWS_PROGRAMS", "/opt/news-entities/.venv/bin")
COMMAND = f"{PROGRAMS}/news-entities"
OPTIONS = {
    "config": os.environ.get("NEWS_CONFIG", str(Path(__file__).with_name("news.toml"))),
    "input": os.environ.get("NEWS_INPUT", "/data/news/{{ds}}/").split(),
}
METRICS = os.environ.get("NEWS_METRICS", "/var/lib/node_exporter/news_entities.prom")

with DAG(
    "news_entities",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,  # an output has one job at a time
):
    tag_news = BeamRunPythonPipelineOperator(
        task_id="tag_news",
        py_interpreter=f"{PROGRAMS}/python",
        py_file=COMMAND,
        # Beam's default, DirectRunner, looks for another runner's program first.
        runner="FnApiRunner",
        pipeline_options={**OPTIONS, "max_reject_ratio": 1, "metrics_file": METRICS},
        retries=3,
        retry_delay=timedelta(minutes=5),
    )
    check_rejects = BashOperator(
        task_id="check_rejects",
        bash_command=shlex.join([COMMAND, *beam_options_to_args(OPTIONS)]),
        retries=0,
    )
    tag_news >> check_rejects
