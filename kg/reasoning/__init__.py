"""What follows from the facts of a graph, and the proof of each triple that does."""

from kg.reasoning.closure import REASONERS, ReasoningResult, close_graph
from kg.reasoning.explaining import explain, explain_all, open_explainer
from kg.reasoning.proofs import Citation, Proof, format_proof, proof_to_json

__all__ = [
    "REASONERS",
    "Citation",
    "Proof",
    "ReasoningResult",
    "close_graph",
    "explain",
    "explain_all",
    "format_proof",
    "open_explainer",
    "proof_to_json",
]
