"""Findings name files, what is wrong, and inputs."""

from pipeline.inspection.findings import Finding, Findings


def test_what_is_found_of_one_file_is_joined():
    findings = Findings()
    findings.add("a", "is gone", ["x"])
    findings.add("a", "is gone", ["y"])
    findings.add("b", "is gone")
    assert [*findings] == [Finding("a", "is gone", ("x", "y")), Finding("b", "is gone")]
    assert findings.inputs == {"x", "y"}


def test_the_first_inputs_are_shown():
    assert str(Finding("a", "is gone")) == "a is gone"
    assert str(Finding("a", "is gone", ("x",))) == "a is gone: 1 input (x)"
    many = Finding("a", "is gone", tuple("wxyz"))
    assert str(many) == "a is gone: 4 inputs (w, x, y, ...)"
    assert many.as_json() == {"path": "a", "what": "is gone", "inputs": ("w", "x", "y", "z")}
