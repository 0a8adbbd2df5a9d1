"""What the product is measured against; an app of the benchmark alone."""
