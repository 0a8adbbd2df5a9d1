"""The report of complaints (R57, R53): what it counts, by what, and the list behind every figure."""
