"""The situation of one history and the tables of a scenario, as flat records that plain and compiled code read alike."""
