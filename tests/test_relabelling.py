"""Roles set right: fronted dates, lone receivers, subjects that a participle took."""

import pytest
from readings import list_triples


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "In September 2023, Mali, Burkina Faso and Niger signed the treaty.",
            {"Mali joins treaty", "Burkina Faso joins treaty", "Niger joins treaty"},
        ),
        ("Ghana urged the juntas to resign.", {"Ghana demandsOf juntas"}),
        (
            "Italy, led by Mario Draghi, joined the coalition in January 2022.",
            {"Italy joins coalition"},
        ),
    ],
)
def test_subjects_and_objects_are_found(read_text, text, expected):
    assert expected <= set(list_triples(read_text(text)))
