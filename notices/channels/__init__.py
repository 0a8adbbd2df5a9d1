"""The ways out of the house: one module a vendor behind the contract of contract.py. Nothing here knows a notice or a household."""
