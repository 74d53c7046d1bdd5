"""The back-test: cases of the past played as of their date. Nothing that fits parameters may import it."""
