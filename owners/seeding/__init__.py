"""Sample data for demonstrations, tests and benchmarks: deterministic, fictional, shaped like the real thing.

`plan` says what a scale consists of, `estate` draws buildings and units, `names` and `numbers` make people, `households` puts
them into homes, `lives` gives them cars, calls and events, `drawn` is what then stands on paper, `rows` writes everything by COPY,
`load` runs it community by community, `figures` counts what came out.
"""
