"""Results are columns, or a list for each sentence."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.columns import Words
from transforms.model.tags import TagFailure, Tags, WordTags

LABELS = st.sampled_from(["O", "B-PER", "I-PER"])
RESULTS = st.lists(
    st.one_of(
        st.just(TagFailure("ValueError: kaboom")),
        st.lists(st.tuples(LABELS, st.floats(0, 1, width=32)), max_size=4).map(
            lambda pairs: WordTags([label for label, _ in pairs], [score for _, score in pairs])
        ),
    )
)


@given(RESULTS)
def test_columns_have_what_the_lists_had(results):
    words = Words.of(
        [["x"] * (2 if isinstance(one, TagFailure) else len(one.labels)) for one in results]
    )
    assert Tags.of(results, words).lists(words.counts) == results
