"""What the engine needs in a database besides the columns of its models."""
