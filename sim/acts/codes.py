"""Numbers that stand for names: streams, traits, kinds of clocks and tracks, counters, dates, nodes of decision."""

from __future__ import annotations

from sim.randomness import Stream

# Streams of draws, as plain numbers.
TYPE = int(Stream.TYPE)
INPUT = int(Stream.INPUT)
CHOICE = int(Stream.CHOICE)
TIMING = int(Stream.TIMING)
HAZARD = int(Stream.HAZARD)
OUTCOME = int(Stream.OUTCOME)
VETO = int(Stream.VETO)
SIGNAL = int(Stream.SIGNAL)
REPAIR = int(Stream.REPAIR)
SHOCK = int(Stream.SHOCK)
EXECUTION = int(Stream.EXECUTION)
MEDIATION = int(Stream.MEDIATION)
DOMESTIC = int(Stream.DOMESTIC)
MOVE = int(Stream.MOVE)

# Private traits.
COMMITMENT = 0
CREDIBILITY = 1
WAR_COST = 2
RED_LINE = 3
TRAITS = ("commitment", "credibility", "war_cost", "red_line")

# Whose consent a package needs, as bits.
DEAL = 1
TREATY = 2
BUNDLE = 4
CONSENTS = {"deal": DEAL, "treaty": TREATY, "bundle": BUNDLE}

# Protocols of tracks.
ALTERNATING_OFFERS = 0
SINGLE_TEXT = 1
FINAL_OFFER = 2
BUNDLES = 3
CONTACTS = 4
STAGED_CONSENT = 5
RESOLUTIONS = 6
PROTOCOLS = (
    "alternating_offers", "single_text", "final_offer", "bundles", "contacts", "staged_consent", "resolutions",
)  # fmt: skip

# Families of concession tactics.
TIME = 0
BEHAVIOUR = 1
RESOURCE = 2
ZEUTHEN = 3
RATIONAL = 4
MAXIMALIST = 5
OWN = 6
FAMILIES = ("time", "behaviour", "resource", "zeuthen", "rational", "maximalist", "own")
RELATIVE = 0
ABSOLUTE = 1
AVERAGED = 2
MODES = ("relative", "absolute", "averaged")

# Kinds of hazards.
POISSON = 0
SELF_EXCITING = 1
CALENDAR = 2
KINDS = ("poisson", "self_exciting", "calendar")

# Moves of a game.
NUMBER_MOVE = 0
CHOICE_MOVE = 1
CHANCE_MOVE = 2
SIMULTANEOUS_MOVE = 3
VOTE_MOVE = 4
DIVISION_MOVE = 5
AGREEMENT_MOVE = 6
MOVES = ("number", "choice", "chance", "simultaneous", "vote", "division", "agreement")

# Types in a game: distributions, or classes.
UNIFORM_TYPE = 0
NORMAL_TYPE = 1
EXPONENTIAL_TYPE = 2
CLASS_TYPE = 3
GAME_TYPES = ("uniform", "normal", "exponential", "classes")

# Kinds of clocks. Events of one instant happen in this order, clocks of a kind in the order of their entities.
CLOCK_CANCELLED = 0  # a meeting has been cancelled: is it to be revived?
CLOCK_STARTED = 1  # a crisis has begun: its first tick is set
CLOCK_DISPUTE = 2  # a violation is known: a dispute opens
CLOCK_TURNED = 3  # a vote of a council that waited may be held, or its text is given up
CLOCK_READING = 4  # outcome classes and paths are read before events of the same instant
CLOCK_MILESTONE = 5
CLOCK_MEETING = 6
CLOCK_INVITATION = 7
CLOCK_ROUND = 8
CLOCK_BUNDLE = 9
CLOCK_COUNCIL = 10
CLOCK_OFFER_TO_TALK = 11
CLOCK_RATIFICATION = 12
CLOCK_CALENDAR = 13
CLOCK_PROMISE = 14
CLOCK_PULSE = 15
CLOCK_TICK = 16
CLOCK_ARRIVAL = 17
CLOCK_REVIVAL = 18
CLOCK_REPAIR = 19
CLOCK_TREATY = 20
CLOCK_LEADER = 21
CLOCK_RESOLUTION = 22
CLOCK_WITHDRAWAL = 23
CLOCK_MOVE = 24  # of a game; comes between a tick and an arrival. Its number is the last so that those stored in states stay.
CLOCKS = (
    "cancelled", "started", "dispute", "turned", "reading", "milestone", "meeting", "invitation", "round", "bundle",
    "council", "offer to talk", "ratification", "calendar", "promise", "pulse", "tick", "arrival", "revival", "repair",
    "treaty", "leader", "resolution", "withdrawal", "move",
)  # fmt: skip

# What a clock waits for, where that changes.
PLAIN = 0
LISTENING = 1  # for talks to open (tables, invitations) or to end (offers to talk)
REOPENING = 2  # a table: talks have opened, its next round is a first one
VOTING = 3  # a council: the coming vote
WAITING = 4  # a council: a vote that has been put off

# Kinds of chance arrivals.
ARRIVAL_HAZARD = 0
ARRIVAL_CANCELLATION = 1
ARRIVAL_COOLING = 2
ARRIVAL_DEAL_COLLAPSE = 3
ARRIVAL_STANDING_COLLAPSE = 4
ARRIVAL_TREATY_COLLAPSE = 5
ARRIVAL_CONTACT = 6

# Results of a meeting.
NO_MEETING = 0
PACKAGE = 1
DECLARATION_ONLY = 2
WALK_OUT = 3
RESULTS = ("none", "package", "declaration", "walk_out")

# First dates that every scenario records.
TIMES = (
    "meeting", "cancellation", "text", "signed", "deal", "declaration", "collapse", "walk_out", "talks_ended",
    "talks_resumed", "major", "crisis", "strike", "major_war",
)  # fmt: skip
(
    T_MEETING, T_CANCELLATION, T_TEXT, T_SIGNED, T_DEAL, T_DECLARATION, T_COLLAPSE, T_WALK_OUT, T_TALKS_ENDED,
    T_TALKS_RESUMED, T_MAJOR, T_CRISIS, T_STRIKE, T_MAJOR_WAR,
) = range(14)  # fmt: skip

# Counters that every scenario records.
COUNTS = (
    "meetings", "failed_meetings", "force_after_failure", "walk_outs", "declarations", "texts", "deals", "collapses",
    "disputes", "repairs", "milestones", "cheats", "slips", "false_alarms", "blocked", "treaties", "offers",
    "maximal_offers", "rejected_offers", "crises", "crisis_days", "demands", "slides", "strikes", "strikes_attempted",
    "strikes_vetoed", "concessions", "turned_to_pressure", "resumed_tests", "broker_reports", "talks_resumed",
    "talks_days", "occasions_passed", "offers_to_talk",
)  # fmt: skip
(
    N_MEETINGS, N_FAILED_MEETINGS, N_FORCE_AFTER_FAILURE, N_WALK_OUTS, N_DECLARATIONS, N_TEXTS, N_DEALS, N_COLLAPSES,
    N_DISPUTES, N_REPAIRS, N_MILESTONES, N_CHEATS, N_SLIPS, N_FALSE_ALARMS, N_BLOCKED, N_TREATIES, N_OFFERS,
    N_MAXIMAL_OFFERS, N_REJECTED_OFFERS, N_CRISES, N_CRISIS_DAYS, N_DEMANDS, N_SLIDES, N_STRIKES, N_STRIKES_ATTEMPTED,
    N_STRIKES_VETOED, N_CONCESSIONS, N_TURNED_TO_PRESSURE, N_RESUMED_TESTS, N_BROKER_REPORTS, N_TALKS_RESUMED,
    N_TALKS_DAYS, N_OCCASIONS_PASSED, N_OFFERS_TO_TALK,
) = range(34)  # fmt: skip

# Counters of a track: number in `Tables.track_count`, track * NUM_TRACK_COUNTS + one of these.
TRACK_COUNTS = (
    "rounds", "breakdowns", "cancellations", "revivals", "invitation_nodes", "invitations", "invitations_accepted",
    "bundles_proposed", "bundles", "standing_ended", "contacts", "opened", "votes", "postponed", "broken_off",
    "in_force", "collapsed", "passed",
)  # fmt: skip
(
    K_ROUNDS, K_BREAKDOWNS, K_CANCELLATIONS, K_REVIVALS, K_INVITATION_NODES, K_INVITATIONS, K_INVITATIONS_ACCEPTED,
    K_BUNDLES_PROPOSED, K_BUNDLES, K_STANDING_ENDED, K_CONTACTS, K_OPENED, K_VOTES, K_POSTPONED, K_BROKEN_OFF,
    K_IN_FORCE, K_COLLAPSED, K_PASSED,
) = range(18)  # fmt: skip
NUM_TRACK_COUNTS = 18

# First dates of a track: number in `Tables.track_time`, track * NUM_TRACK_TIMES + one of these.
TRACK_TIMES = ("opened", "in_force", "standing")
TT_OPENED, TT_IN_FORCE, TT_STANDING = range(3)
NUM_TRACK_TIMES = 3
