"""`make bench`: what the product promises about speed and memory, measured beside its peers in one run.

Timings never stand in the test suite: they depend on the machine. Every figure here is a ratio to something that ran on the same
machine minutes before or after, or a limit a person feels. The table goes to the terminal, the list to var/bench/latest.json.
"""
