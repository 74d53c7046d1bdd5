"""A conflict in option form as a file says it: decision makers, options, what cannot be, what each prefers."""
