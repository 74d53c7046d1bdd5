"""Gambit's file formats."""
