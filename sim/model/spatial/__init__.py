"""Spatial tables: files of positions, saliences and capabilities, and where they can be imported from."""
