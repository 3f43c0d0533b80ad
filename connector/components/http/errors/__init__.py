"""What responses, and requests without one, mean: one exception for each next step."""
