"""What happens in a history: acts on the situation ``w`` of one world, by the rules and the scenario's tables ``c``.

Both engines run these functions; neither adds anything but the clock. They keep to what compiled code accepts.
"""
