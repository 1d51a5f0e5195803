"""Each rule for names is counted by itself."""

import numpy as np

from benchmarks.name_rules import changes, main
from transforms.text.name_rules import Context, Mention


def test_every_rule_has_its_changes():
    context = Context(["Sen.", "Ann", "of", "US"], np.ones(4))
    mentions = [Mention(0, 1, "PER", 0.9), Mention(3, 3, "MISC", 0.9)]
    found = {rule: len(of_rule) for rule, of_rule in changes([(mentions, context)]).items()}
    assert {rule for rule, count in found.items() if count} == {"cut_title", "settle_label"}


def test_the_report_has_the_mentions_the_rules_and_the_cost(tmp_path, capsys):
    documents = tmp_path / "documents.jsonl"
    documents.write_text('{"text": "Barack Obama met Sen. John McCain in Washington."}\n')
    main([str(documents), "--repeats", "1", "--examples", "1"])
    first, *rules, last = capsys.readouterr().out.splitlines()
    assert first.startswith("1 documents, ")
    assert any(line.startswith("cut_title: ") for line in rules)
    assert last.startswith("cost, over joining words: ")
