"""Checks of this repository that no linter of the package index makes."""
