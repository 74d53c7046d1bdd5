"""The scenario language: what a file may say (pydantic models)."""
