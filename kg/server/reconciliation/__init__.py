"""The graph as a reconciliation service: spreadsheets are matched against its things.

The protocol is the W3C Reconciliation Service API 0.2, with the 1.0 draft beside it. Whatever a
client sends is compared with what the graph holds; nothing of it becomes SPARQL or a search syntax.
"""
