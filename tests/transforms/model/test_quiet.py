import pytest
from transformers import AutoConfig
from transformers.utils import logging

from transforms.model.quiet import quiet

LOGGER = logging.get_logger("transformers.models")


@pytest.fixture(params=[True, False], ids=["progress", "no progress"])
def progress(request):
    """Shows progress bars or not, as a program that uses the project may have chosen."""
    shown = logging.is_progress_bar_enabled()
    switch = {True: logging.enable_progress_bar, False: logging.disable_progress_bar}
    switch[request.param]()
    yield request.param
    switch[shown]()


def test_transformers_is_as_loud_afterwards_as_it_was_before(progress):
    verbosity = logging.get_verbosity()
    with quiet():
        assert not logging.is_progress_bar_enabled()
        assert not LOGGER.isEnabledFor(logging.WARNING)
        assert LOGGER.isEnabledFor(logging.ERROR)
    with pytest.raises(OSError, match="nowhere"), quiet():
        AutoConfig.from_pretrained("/nowhere")
    assert logging.get_verbosity() == verbosity
    assert logging.is_progress_bar_enabled() is progress
