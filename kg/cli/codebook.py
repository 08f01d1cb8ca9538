"""What `kg export --help` tells of the formats."""

EXPORT_HELP = """\
the whole graph in RDF:
  trig, nquads, jsonld       with the names of its graphs: kg import takes these back
  turtle, ntriples, rdfxml   without them
  turtle12                   RDF 1.2, without them: each claim reifies the triple it is about

claims on their own, and links:
  annotations     Web Annotations on the words of an article, as JSON-LD: a file for each article
                  in the folder given by -o DIR, or one article with --article NAME
  nanopubs        a nanopublication for each claim, as TriG
  sssom           the links to Wikidata, GeoNames, DBpedia and others, as SSSOM

tables:
  claims-csv      one row per claim: article, ends with their codes, relation, who says it, how
  claims-parquet  surely, when, the quote and its place; `fact` and `inferred` are 1 or 0
  events          events between countries by dyad and month, in the manner of event data

networks (a node per thing, an edge of weight 1 per claim; keep status `fact` to measure):
  graphml, gexf   for Gephi, igraph, Cytoscape, networkx
  neo4j           a folder, given by -o DIR: nodes.csv, relationships.csv, README.txt; then there:
  neo4j-admin database import full --nodes=nodes.csv --relationships=relationships.csv \
--multiline-fields=true neo4j

columns of events:
  month, year     of the event; month is empty where only the year is known
  dated_by        claim: the text says so; claim-start, claim-end: it gives a longer time that
                  begins or ends then; article: undated, so the article's date; none: unknown
  source_country, target_country   ISO 3166 alpha-3
  source_cow, target_cow           Correlates of War
  plover, quad_class               PLOVER category; verbal or material cooperation or conflict
  count           events; claims of one subject, relation, object and time are one event
  mean_intensity  on Goldstein's scale, from -10 (conflict) to 10 (cooperation)
  mentions, articles               claims that state these events, and articles that do

An event is affirmed and asserted by the article itself, has a PLOVER category, and a country at
both ends. Meeting, negotiating, cooperating and trading are counted in both directions.
"""
