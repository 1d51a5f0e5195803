"""The metrics file: how the last run ended, and what it made, in Prometheus' text format."""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apache_beam.metrics.metric import MetricsFilter
from apache_beam.runners.runner import PipelineResult
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from pipeline.errors import ExitCode
from transforms.output.output import get_file, put_file
from transforms.records import REASONS

_PREFIX = "news_entities_"
_LAST_SUCCESS = "last_success_timestamp_seconds"
# These counts of the manifest tell what the tables hold in all.
_COUNTS = ("inputs", "documents", "sentences", "words")

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class RunMetrics:
    """What is known of a run by now; `write` tells it when the run ends, however it ends."""

    place: str | None  # where the file lies; nothing is written if None
    output: str  # the label of every metric: several jobs may have one collector
    results: list[PipelineResult] = field(
        default_factory=list
    )  # one for each job that ran to its end
    manifest: Mapping[str, Any] | None = None  # of the output, once it is complete
    start: float = field(default_factory=time.monotonic)

    def write(self, code: int) -> None:
        """Replaces the file as a whole. A failure is only a warning: the run is over."""
        if self.place is None:
            return
        try:
            old = get_file(self.place) or b""
            put_file(self.place, self.exposition(code, time.time(), old))
        except Exception as error:  # whatever it is, the run itself is over
            why = f"{type(error).__name__}: {error}"
            _LOGGER.warning("--metrics_file %s is not written: %s", self.place, why)

    def exposition(self, code: int, now: float, old: bytes) -> bytes:
        """Returns the text of the file; of the old one, the time of the last success stays."""
        registry = CollectorRegistry()
        registry.register(_Families([*self._end(code, now, old), *self._work(), *self._tables()]))
        return generate_latest(registry)

    def _end(self, code: int, now: float, old: bytes) -> Iterator[Metric]:
        yield self._gauge("exit_code", "Of the last run; 0 is success.", code)
        yield self._gauge("last_run_timestamp_seconds", "When the last run ended.", now)
        success = now if code == ExitCode.DONE else _last_success(old)
        if success is not None:
            yield self._gauge(_LAST_SUCCESS, "When a run last ended with exit code 0.", success)
        yield self._gauge("duration_seconds", "Of the last run.", self._seconds)

    def _work(self) -> Iterator[Metric]:
        """Yields what the last run did, as Beam counted it: what was tried twice counts twice."""
        if not self.results:
            return
        counters: Counter[str] = Counter()
        times = []
        for result in self.results:
            found = result.metrics().query(MetricsFilter().with_namespace("news"))
            for counter in found["counters"]:
                counters[counter.key.metric.name] += counter.result
            times += [distribution.result for distribution in found["distributions"]]
        words = counters["words"]
        yield self._gauge("run_words", "Words tagged in the last run.", words)
        yield self._gauge(
            "run_words_per_second", "Words tagged in the last run.", words / self._seconds
        )
        resumed = counters["blocks_resumed"]
        yield self._gauge("run_blocks_resumed", "Blocks that were done before.", resumed)
        blocks = SummaryMetricFamily(
            f"{_PREFIX}run_block_seconds", "Time to tag a block in the last run.", labels=["output"]
        )
        blocks.add_metric(
            [self.output],
            count_value=sum(each.count for each in times),
            sum_value=sum(each.sum for each in times) / 1000,
        )
        yield blocks

    def _tables(self) -> Iterator[Metric]:
        """Yields what the output's tables hold."""
        if self.manifest is None:
            return
        counts = self.manifest["counts"]
        for name in _COUNTS:
            yield self._gauge(name, f"The {name} in the tables.", counts[name])
        untagged = sum(counts["untagged_by_language"].values())
        what = "The documents in the tables that were not tagged for their language."
        yield self._gauge("untagged_documents", what, untagged)
        yield self._gauges("entities", "label", counts["entities_by_label"])
        none = {reason: 0 for reasons in REASONS.values() for reason in reasons}
        yield self._gauges("rejects", "reason", none | counts["rejects_by_reason"])

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self.start

    def _gauge(self, name: str, what: str, value: float) -> Metric:
        family = GaugeMetricFamily(f"{_PREFIX}{name}", what, labels=["output"])
        family.add_metric([self.output], value)
        return family

    def _gauges(self, name: str, label: str, values: Mapping[str, float]) -> Metric:
        what = f"The {name} in the tables, by {label}."
        family = GaugeMetricFamily(f"{_PREFIX}{name}", what, labels=["output", label])
        for value, number in values.items():
            family.add_metric([self.output, value], number)
        return family


class _Families(Collector):
    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        return self._families


def _last_success(text: bytes) -> float | None:
    """Finds the time of the last success in a file; None in one that has none, or is no such."""
    try:
        families = list(text_string_to_metric_families(text.decode()))
    except ValueError:
        return None
    samples = (sample for family in families for sample in family.samples)
    return next((s.value for s in samples if s.name == f"{_PREFIX}{_LAST_SUCCESS}"), None)
