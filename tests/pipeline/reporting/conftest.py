import pytest

from tests.pipeline.reporting.outputs import make_news, opened


@pytest.fixture(scope="session")
def news(tmp_path_factory):
    """The output of the invented documents."""
    return make_news(tmp_path_factory.mktemp("news"))


@pytest.fixture
def tables(news):
    """A connection to it, and the names that are chosen."""
    with opened(news) as found:
        yield found
