"""Counts names, and pairs of names that occur together, in SQL.

Each function takes a connection that has views of `entities` and `documents` (see `tables`), and
returns a relation, sorted, of which nothing is computed before it is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loading it takes time, for which nobody should wait who only reads the flags
    import duckdb

MAX_FORMS = 10
MIN_DOCUMENTS = 2
MAX_NAMES = 100

# These are of a pair in `met` documents of n, of which a have the one name and b the other.
_NPMI = "if(met = n, 1, ln(met * n / (a * b)) / ln(n / met))"
_LOG_LIKELIHOOD = (
    "sign(met * n - a * b) * 2 * list_sum(list_transform("
    "[[met, 1], [a - met, 1], [b - met, 1], [n - a - b + met, 1], [n, 1], "
    "[a, -1], [b, -1], [n - a, -1], [n - b, -1]], "
    "lambda term: if(term[1] = 0, 0, term[2] * term[1] * ln(term[1]))))"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which mentions count.

    Attributes:
      min_score: the lowest score of a mention.
      labels: those of the names, all if there are none.
    """

    min_score: float = 0.0
    labels: Sequence[str] = ()

    @property
    def condition(self) -> str:
        """The choice as an expression of SQL over `entities`."""
        # The scores are floats of 32 bits: as one of 64 bits, .9 would be more than a stored .9.
        terms = [f"score >= {float(self.min_score)!r}::FLOAT"] if self.min_score else []
        terms += [f"label IN ({', '.join(map(literal, self.labels))})"] if self.labels else []
        return " AND ".join(terms) or "true"


ALL = Choice()


def literal(text: str) -> str:
    """Writes a text as SQL does.

    >>> literal("O'Hara")
    "'O''Hara'"
    """
    return "'" + text.replace("'", "''") + "'"


def names(
    connection: "duckdb.DuckDBPyConnection",
    choice: Choice = ALL,
    min_documents: int = 1,
    max_forms: int = MAX_FORMS,
) -> "duckdb.DuckDBPyRelation":
    """Counts each resolved name, as each label.

    Args:
      min_documents: names in fewer documents are left out.
      max_forms: how many forms are told of a name, the most frequent first.

    Returns:
      name, label, mentions, documents, first_date and last_date (null where no document has a
      date), forms: a list of {form, mentions}. The name with the most mentions is first.
    """
    return connection.sql(
        f"""
        WITH {_counted(choice, min_documents)}, forms AS (
            SELECT resolved_name, label, name AS form, count(*) AS mentions
            FROM entities WHERE {choice.condition}
            GROUP BY resolved_name, label, entities.name
        ), listed AS (
            SELECT resolved_name, label,
                list({{form: form, mentions: mentions}} ORDER BY mentions DESC, form)
                    [:{int(max_forms)}] AS forms
            FROM forms GROUP BY resolved_name, label
        )
        SELECT resolved_name AS name, label, mentions, documents, first_date, last_date, forms
        FROM counted JOIN listed USING (resolved_name, label)
        ORDER BY mentions DESC, documents DESC, name, label
        """
    )


def pairs(
    connection: "duckdb.DuckDBPyConnection",
    choice: Choice = ALL,
    min_documents: int = MIN_DOCUMENTS,
    max_names: int = MAX_NAMES,
) -> "duckdb.DuckDBPyRelation":
    """Counts the documents in which two names occur together, and tells how telling that is.

    A document with 500 names would make 124,750 pairs. Of such a one, the names count that it
    mentions most often, and among equals those that more documents name.

    Two measures compare a pair with what chance would make of names as frequent as these:

    - `npmi`, the normalised pointwise mutual information (Bouma, "Normalized (pointwise) mutual
      information in collocation extraction", 2009), is 1 for names that occur only together, 0 for
      such as meet by chance, and below 0 for such as meet more rarely.
    - `log_likelihood`, the log-likelihood ratio (Dunning, "Accurate methods for the statistics of
      surprise and coincidence", 1993), says how sure it is that they do not meet by chance; it is
      negative where they meet more rarely than that.

    Args:
      min_documents: pairs that fewer documents have are left out.
      max_names: of so many names of a document the pairs count.

    Returns:
      name, label, other_name, other_label, documents, npmi, log_likelihood: each pair once, its
      names in the order of the alphabet. The pair with the highest log_likelihood is first.
    """
    return connection.sql(
        f"""
        WITH {_counted(choice, min_documents)}, vocabulary AS MATERIALIZED (
            SELECT resolved_name, label, documents, row_number() OVER (
                ORDER BY documents DESC, resolved_name, label
            )::INTEGER AS id
            FROM counted
        ), named AS (
            SELECT list(id ORDER BY mentions DESC, id)[:{int(max_names)}] AS ids
            FROM mentioned JOIN vocabulary USING (resolved_name, label)
            GROUP BY document
        ), ones AS (
            SELECT ids, unnest(ids) AS id FROM named
        ), twos AS (
            SELECT id, unnest(ids) AS other_id FROM ones
        ), met AS (
            SELECT id, other_id, count(*) AS documents FROM twos WHERE id < other_id
            GROUP BY id, other_id HAVING count(*) >= {int(min_documents)}
        ), total AS (
            SELECT count(*) AS documents FROM documents WHERE tagged
        ), told AS (
            SELECT met.documents AS met, one.documents AS a, two.documents AS b,
                total.documents AS n,
                one.resolved_name AS first_name, one.label AS first_label,
                two.resolved_name AS second_name, two.label AS second_label,
                (first_name, first_label) < (second_name, second_label) AS sorted
            FROM met, total, vocabulary AS one, vocabulary AS two
            WHERE one.id = met.id AND two.id = met.other_id
        )
        SELECT
            if(sorted, first_name, second_name) AS name,
            if(sorted, first_label, second_label) AS label,
            if(sorted, second_name, first_name) AS other_name,
            if(sorted, second_label, first_label) AS other_label,
            met AS documents,
            round({_NPMI}, 4) AS npmi,
            round({_LOG_LIKELIHOOD}, 2) AS log_likelihood
        FROM told
        ORDER BY log_likelihood DESC, met DESC, name, label, other_name, other_label
        """
    )


def _counted(choice: Choice, min_documents: int) -> str:
    """Returns two tables for a WITH: each name in each document, and each name in all of them."""
    return f"""
        mentioned AS (
            SELECT resolved_name, label, document_key::UUID AS document,
                count(*) AS mentions, min(date) AS date
            FROM entities WHERE {choice.condition}
            GROUP BY resolved_name, label, document
        ), counted AS (
            SELECT resolved_name, label, sum(mentions)::BIGINT AS mentions,
                count(*) AS documents, min(date) AS first_date, max(date) AS last_date
            FROM mentioned
            GROUP BY resolved_name, label HAVING count(*) >= {int(min_documents)}
        )"""
