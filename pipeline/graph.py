"""The whole job as one graph: the map in docs/explanation/architecture.md, as an expression."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import apache_beam as beam
import pyarrow as pa

from pipeline.plan.inputs import Listing
from pipeline.plan.plan import Plan
from pipeline.plan.skipped import Skipped
from pipeline.settings import RunOptions, Settings
from transforms.detect_languages import DetectLanguages
from transforms.files.addresses import Addresses
from transforms.group_entities import GroupEntities
from transforms.make_tables import MakeTables
from transforms.model.tags import WordTagger
from transforms.output.output import Output
from transforms.output.published import Base, Turn
from transforms.output.tables import table_schemas
from transforms.publish_tables import PublishTables
from transforms.read_blocks import ReadBlocks
from transforms.read_plan import ReadPlan
from transforms.records import SCHEMA_VERSION, TABLES
from transforms.reject_poison import RejectPoison
from transforms.resolve_names import ResolveNames
from transforms.revise_published import RevisePublished
from transforms.split_sentences import SplitSentences
from transforms.stage_tables import StageTables
from transforms.tag_words import TagWords
from transforms.write_manifest import WriteManifest

OFFSET_UNIT = "code points, half-open"


@dataclass(frozen=True, kw_only=True)
class Job:
    """What the graph is built from; all of it can be sent to a worker."""

    output: Output
    plan_id: str  # the plan is stored in the output
    next_group: int
    block_bytes: int
    settings: Settings
    kept_schema: pa.Schema
    base: Base | None
    load_tagger: Callable[[], WordTagger]
    readers: int | None = None  # how many processes there are, if that is known
    stall_minutes: float = RunOptions.stall_minutes  # so long may a process show no progress
    skipped: Sequence[Skipped] = ()
    addresses: Addresses = field(default_factory=lambda: Addresses({}))

    @classmethod
    def of(
        cls,
        output: Output,
        plan: Plan,
        plan_id: str,
        load_tagger: Callable[[], WordTagger],
        listing: Listing | None = None,
        readers: int | None = None,
        stall_minutes: float = RunOptions.stall_minutes,
    ) -> "Job":
        """Takes from a plan what workers need beside its rows, which they read themselves.

        Args:
          listing: the run's, whether the plan was made of it or stored by an earlier run.
          readers: see `ReadPlan`.
          stall_minutes: see `RejectPoison`.
        """
        return cls(
            output=output,
            plan_id=plan_id,
            next_group=plan.next_group,
            block_bytes=plan.block_bytes,
            settings=plan.settings,
            kept_schema=plan.kept,
            base=plan.base,
            load_tagger=load_tagger,
            readers=readers,
            stall_minutes=stall_minutes,
            skipped=listing.skipped if listing else (),
            addresses=listing.addresses if listing else Addresses({}),
        )

    @property
    def turn(self) -> Turn:
        return Turn(self.output, self.plan_id, self.base)

    @property
    def schemas(self) -> dict[str, pa.Schema]:
        return schemas_of(self.settings, self.kept_schema)

    @property
    def header(self) -> dict[str, object]:
        """What the manifest says beside the counts."""
        values = self.settings.as_json()
        model = {
            "id": values.pop("model"),
            "revision": values.pop("model_revision"),
            "fingerprint": values.pop("model_fingerprint"),
            "labels": values.pop("labels"),
            "precision": values.pop("precision"),
        }
        versions = {
            "results_version": values.pop("results_version"),
            "libraries": values.pop("libraries"),
        }
        return {
            "versions": versions,
            "settings": values,
            "model": model,
            "offset_unit": OFFSET_UNIT,
            # The next run learns from these which plan is done, and where new parts' numbers begin.
            "plan": self.plan_id,
            "next_group": self.next_group,
            "skipped": [kind.as_json() for kind in self.skipped],
        }


def schemas_of(settings: Settings, kept: pa.Schema) -> dict[str, pa.Schema]:
    """Returns the schema that the parts of each table have.

    Args:
      kept: the kept columns, with those that name folders, which no part holds.
    """
    in_files = [column for column in kept if column.name not in settings.partition_by]
    metadata = {
        "schema_version": str(SCHEMA_VERSION),
        "model": settings.model,
        "model_fingerprint": settings.model_fingerprint,
        "offset_unit": OFFSET_UNIT,
    }
    return table_schemas(pa.schema(in_files), metadata)


def build(root: beam.Pipeline, job: Job) -> beam.PCollection[bytes]:
    """Adds the job to a pipeline; its one element is the manifest, when all is written."""
    output, settings, schemas = job.output, job.settings, job.schemas
    partition_by = settings.partition_by
    blocks, done = (
        root
        | ReadPlan(output=output, plan_id=job.plan_id, readers=job.readers)
        | ReadBlocks(
            output=output,
            plan_id=job.plan_id,
            fields=settings.fields,
            kept_schema=job.kept_schema,
            block_bytes=job.block_bytes,
            addresses=job.addresses,
        )
    )
    staged = (
        blocks
        | RejectPoison(
            output=output,
            plan_id=job.plan_id,
            load_tagger=job.load_tagger,
            languages=settings.languages,
            line_breaks=settings.line_breaks,
            stall_minutes=job.stall_minutes,
        )
        | DetectLanguages(settings.languages)
        | SplitSentences(settings.line_breaks)
        | TagWords(load_tagger=job.load_tagger)
        | GroupEntities()
        | ResolveNames(document_labels=settings.document_labels)
        | MakeTables(model=settings.model, sentences=settings.sentences, texts=settings.texts)
        | StageTables(
            output=output, plan_id=job.plan_id, schemas=schemas, partition_by=partition_by
        )
    )
    published = (done, staged) | PublishTables(
        schemas=schemas,
        turn=job.turn,
        partition_by=partition_by,
        one_chunk=job.block_bytes < settings.block_bytes,
    )
    if job.base and job.base.drops:
        revised = root | RevisePublished(turn=job.turn, base=job.base)
        published = (published, revised) | "JoinRevised" >> beam.Flatten()
    return published | WriteManifest(
        schemas=schemas,
        header=job.header,
        turn=job.turn,
        partition_by=partition_by,
        # Texts are there for those who ask for them, or where there are some.
        always=TABLES if settings.texts else tuple(name for name in TABLES if name != "texts"),
    )
