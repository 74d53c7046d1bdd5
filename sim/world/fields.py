"""What the two records of a history hold: the situation ``w`` (`World`) and the scenario's tables ``c`` (`Tables`).

Every field is a number or a list of numbers, floats or whole numbers; indices, kinds and truth values are whole numbers.
`sim.world.records` makes the records: objects with lists for plain Python, blocks of memory for compiled code.
"""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import Any, NamedTuple

Floats = MutableSequence[float]
Ints = MutableSequence[int]
World = Any  # a record with the fields of `SITUATION`; a type of its own only where code is compiled
Tables = Any  # a record with the fields of `TABLES`

NEVER = -1.0e9  # a time so long ago that no window reaches it
NAN = float("nan")
INFINITY = float("inf")


class Field(NamedTuple):
    """One field of a record."""

    name: str
    kind: str  # "f" or "i", with "[]" for a list
    size: str = ""  # of a list of the situation: a key of the scenario's sizes
    initial: float = 0.0
    meaning: str = ""


def _fields(kind: str, size: str, *entries: tuple) -> tuple[Field, ...]:
    """Fields of one kind and size; an entry is (name, meaning) or (name, initial, meaning)."""
    return tuple(
        Field(entry[0], kind, size, entry[1] if len(entry) == 3 else (0.0 if kind[0] == "f" else 0), entry[-1])
        for entry in entries
    )


# The situation. State is what a checksum covers (floats before whole numbers, numbers before lists); the rest is worked
# out of it, or scratch.
STATE = (
    *_fields(
        "f", "",
        ("now", "the present"),
        ("updated", "time of the last update of slow quantities"),
        ("tension", "tension index in [0, 1]"),
        ("talks_since", NEVER, "when the present talks began"),
        ("talks_ended", NEVER, "when talks last ended"),
        ("last_session", NEVER, "last session or agreed date between the two sides"),
        ("last_major", NEVER, "last major provocation"),
        ("unheard_since", NEVER, "last offer of the second side that was rejected or unanswered"),
        ("provocation", "weighted count of provocations"),
        ("rivalry", "great-power rivalry in [0, 1]"),
        ("capability", "arms growth since the start"),
        ("expectation", "expectation of a leaders' meeting on the triumph scale"),
        ("belief_talks", "belief that talks can deliver"),
        ("belief_pressure", "belief that pressure works"),
        ("sanctions_level", "level of sanctions before relief and enforcement"),
        ("pressure", "pressure that reaches the target"),
        ("unrelieved", "what it would be without relief"),
        ("stress", "pressure as the target feels it, before relief"),
        ("enforcement_shift", "shift of enforcement while the target courts its partners"),
        ("shift_until", NEVER, "until when that shift lasts"),
        ("moratorium_until", NEVER, "deadline of a moratorium, if one was set"),
        ("pause_until", NEVER, "until when the launch pause outlasts talks"),
        ("hostile_extra", "hostile veto players added by events"),
        ("leader_change", NEVER, "last change of a leader of the two sides"),
        ("text_since", NEVER, "when the text was agreed"),
        ("deal_since", NEVER, "when the deal in force was signed"),
        ("deal_hostile", "hostile veto players at the last review"),
        ("crisis_since", NEVER, "when the crisis began"),
        ("struck_at", NEVER, "since when force has been in use in it"),
        ("num_events", "events so far"),
        ("expectation_clipped", "whether hype took the first expectation beyond its scale"),
        ("gap", NAN, "expectation less result of the first meeting"),
        ("expectation_at_meeting", NAN, "expectation at the first meeting"),
        ("rounds_before_meeting", NAN, "rounds of talks before it"),
        ("force_probability", NAN, "chance of force in the response to a meeting"),
    ),
    *_fields(
        "i", "",
        ("rung", "rung of the escalation ladder"),
        ("max_rung", "highest rung reached"),
        ("talks_on", "whether the two sides are in talks"),
        ("declaration", "whether a signed declaration stands"),
        ("moratorium", "whether a test moratorium holds"),
        ("pause_broken", "whether the launch pause has been ended although talks go on"),
        ("recognised", "whether a leaders' meeting has been held"),
        ("text", -1, "package held as an agreed text, or -1"),
        ("deal", -1, "package of the deal in force, or -1"),
        ("deal_milestones", "milestones passed"),
        ("deal_disputed", "whether it is in dispute"),
        ("deal_treaty", "whether the treaty vote has lifted the guarantee"),
        ("crisis", "whether a crisis is active"),
        ("crisis_mover", "which side moves next: 0 or 1"),
        ("challenger", "which side began"),
        ("demand_due", "whether a demand is still to be made in this crisis"),
        ("exercise_suspended", "whether the last calendar event was called off"),
        ("num_accused", "how many violations are in dispute"),
        ("num_treaties", "texts of councils in force"),
        ("offers_phase", "whether offers to talk wait for talks to end"),
        ("offers_turn", "how many offers to talk have been considered"),
        ("last_choice", -1, "option chosen last in this event, -1 if none"),
        ("last_counter", -1, "counter-offer of the last meeting that was turned down"),
        ("first_deal", -1, "package of the first deal, -1 so far"),
        ("meeting_result", "result of the first meeting"),
        ("next_reading", "which date is read next"),
        ("outcome", -1, "class at the horizon"),
        ("over", "whether the history has come to its end"),
    ),
    *_fields(
        "f[]", "issues",
        ("level", "implemented levels"),
        ("seen", "levels as others see them"),
        ("granted", "what deals since the last collapse have added to the levels"),
        ("local", "what a standing local agreement has added to the levels"),
        ("pledged", "levels pledged in a signed text"),
        ("promised", "levels of the deal in force"),
        ("from_level", "levels at its signature"),
        ("first_deal_level", NAN, "levels of the first deal"),
    ),
    *_fields(
        "f[]", "actors",
        ("enforcement", "enforcement of sanctions"),
        ("war_cost", "true cost of war"),
        ("credibility", "own belief in promises of protection"),
    ),
    *_fields("f[]", "beliefs", ("beliefs", "beliefs, one after another"), ("points", "points of continuous traits")),
    *_fields(
        "f[]", "tracks",
        ("pending", NEVER, "date of a pending meeting"),
        ("original_date", NEVER, "date of a meeting that was cancelled"),
        ("last_held", NEVER, "last meeting"),
        ("last_invited", NEVER, "last invitation"),
        ("standing_since", NEVER, "since when a standing agreement or pact is in force"),
        ("treaty_hostile", "veto players who would block a text in force"),
        ("opened", "when the present talks at a table began"),
        ("not_before", NEVER, "until when a breakdown keeps a table closed"),
        ("postponed", "time by which the next round is put off"),
        ("failing", "chance that the next round fails"),
    ),
    *_fields("f[]", "track_issues", ("added", "what a text in force has added to the levels")),
    *_fields("f[]", "lines", ("line_prior", "others' first belief in it")),
    *_fields("f[]", "held", ("held_since", NEVER, "since when a condition has held")),
    *_fields(
        "f[]", "remembered", ("remembered", NEVER, "when a condition first held, or what a quantity last was before its date")
    ),
    *_fields("f[]", "quantities", ("quantities", "named quantities as last read")),
    *_fields(
        "f[]", "arrivals",
        ("rate", "rate of an arrival"),
        ("since", "since when"),
        ("remaining", "what is left of its unit exponential"),
    ),
    *_fields("f[]", "hazards", ("excitation", "excitation of a hazard at its last event"), ("excited_at", "when that was")),
    *_fields("f[]", "clocks", ("due", INFINITY, "when each clock is due")),
    *_fields("f[]", "deferred", ("deferred_x", "about"), ("deferred_y", "about")),
    *_fields("f[]", "counters", ("counts", "counters of the results")),
    *_fields("f[]", "times", ("times", NAN, "first dates of the results")),
    *_fields("f[]", "horizon", ("horizon", NAN, "what is read at the horizon")),
    *_fields("f[]", "game_moves", ("move_value", NAN, "number named last at a move of the game")),
    *_fields("f[]", "game_types", ("type_value", "private type in the game: a number, or the place of a class")),
    *_fields("f[]", "member_types", ("member_type", "private types of members of groups")),
    *_fields("f[]", "public", ("public", "beliefs of all about classes of types")),
    *_fields("f[]", "agreed", ("agreed", NAN, "numbers agreed on")),
    *_fields("f[]", "players", ("game_payoff", "payoff so far"), ("game_discount", 1.0, "what a payoff counts now")),
    *_fields("f[]", "game", ("game_periods", "periods so far")),
    *_fields("i[]", "actors", ("commitment", "true class of commitment, by position in order of name")),
    *_fields(
        "i[]", "tracks",
        ("met", "number of meetings or rounds held"),
        ("walked_out", "number of meetings that ended without a signature"),
        ("standing", "whether a standing agreement or pact is in force"),
        ("treaty", -1, "package of a text in force, or -1"),
        ("terms", -1, "package of the text proposed last"),
        ("revived", "whether the pending meeting has been revived"),
        ("reviving", "whether a revival is under way"),
        ("turn", "whose turn it is at a table; drafts made"),
        ("has_opened", "whether a table has had its first date"),
        ("table_closed", "whether a mediator's talks are over"),
        ("table_phase", "what a table's clock waits for"),
        ("invitation_phase", "what the clock of invitations waits for"),
        ("council_phase", "what a council's clock waits for"),
        ("stage", "stage of a text"),
        ("retries", "lost votes of a text"),
        ("watching", "whether a text is under negotiation"),
        ("turned", "whether something has turned for it since its last date was set"),
        ("broken_off", "whether it has been given up"),
        ("dead", "whether it has lost too many votes"),
    ),
    *_fields("i[]", "seats", ("rejections", "own offers that were rejected"), ("num_offers", "own offers so far")),
    *_fields("i[]", "kept_offers", ("offers", "own offers, oldest first")),
    *_fields("i[]", "refusable", ("refused", "whether a party has sent a text back")),
    *_fields("i[]", "accusations", ("accused", "whose violation, real or alleged, is in dispute")),
    *_fields("i[]", "lines", ("line_present", "whether an actor has a red line")),
    *_fields("i[]", "arrivals", ("stale", "whether its rate is to be set anew")),
    *_fields("i[]", "hazards", ("fading", "whether its rate falls between events"), ("next_date", "which date is next")),
    *_fields("i[]", "deferred", ("deferred_kind", "what is put off, 0 nothing"), ("deferred_one", "about"), ("deferred_two", "about")),
    *_fields("i[]", "game_moves", ("move_made", "how often a move has been made"), ("votes_for", "votes at the last one")),
    *_fields("i[]", "game_types", ("type_rank", "place of a type on its grid")),
    *_fields("i[]", "units", ("option_chosen", -1, "option chosen last, by player and move")),
    *_fields("i[]", "game_options", ("option_count", "how often an option has been chosen")),
    *_fields(
        "i[]", "game",
        ("move_now", "the move that is due"), ("game_moves", "moves so far"), ("game_over", "whether the game has come to its end"),
    ),
    *_fields("i[]", "readings", ("reading", -1, "outcome class at each report date")),
)  # fmt: skip

# What one history works out once, or remembers of what it has worked out.
KEPT = (
    *_fields(
        "f", "",
        ("kappa", "strength of learning"), ("noise", "uniform error that observers allow for"),
        ("pressure_cost", "cost of full pressure to the target"), ("enforcement_rate", "of the enforcers' drift"),
        ("fear_rungs", "rungs that make fear of fighting full"), ("stress_rate", "how fast pressure is felt"),
        ("adaptation", "how fast the target adapts"), ("erosion", "payoff lost per unit of capability"),
        ("growth_in_moratorium", "factor"), ("capability_growth", "per time unit"), ("tension_rate", "relaxation"),
        ("provocation_rate", "relaxation"), ("rivalry_rate", "relaxation"), ("tension_rest", "rest"),
        ("tension_rest_in_talks", "rest"), ("saturation", 1.0, "count of provocations that makes the index 1"),
        ("belief_talks_rest", "rest"), ("belief_pressure_rest", "rest"), ("belief_rate", "relaxation"),
        ("reward", "of keeping a deal"), ("temptation", "of withholding"), ("punishment", "without it"),
        ("discount", "over a milestone"), ("frame_point", "reference point of a response"),
        ("frame_aversion", "its loss aversion"), ("frame_curvature", "its curvature"),
    ),
    *_fields(
        "i", "",
        ("touched", 1, "whether an event has moved something since rates were last set"),
        ("all_stale", 1, "whether all rates are to be set anew"),
        ("follow", "whether conditions that must hold for some time are to be followed"),
        ("first_look", 1, "whether parameters have not been read yet"),
        ("has_order", "whether deliverable texts are in order"),
        ("declared", -1, "package of the declaration just agreed"), ("counter", -1, "counter-offer just made"),
        ("line", -1, "red line that forbids what has just been offered"),
        ("num_drawn", "addresses that have drawn"),
        ("clocks_used", "clocks up to the last that has ever been set"),
        ("full", "whether the history has run out of room and must be played again with more"),
    ),
    *_fields("i[]", "addresses", ("drawn_word", -1, "addresses that have drawn, by hash"), ("drawn_count", "how often")),
    *_fields("f[]", "inputs", ("p", "inputs of the history")),
    *_fields(
        "f[]", "actors",
        ("loss_aversion", "attitude to risk"), ("curvature", "attitude to risk"),
        ("first_credibility", "credibility at the start"), ("at_start", "utility of the status quo"),
        ("recognition_gain", "worth of recognition that is not undone"), ("known_arms", NAN, "level last met"),
        ("known_exposed", "its power"),
    ),
    *_fields("i[]", "actors", ("has_table", "whether utilities are filled in"), ("first_commitment", "class at the start")),
    *_fields("f[]", "actor_issues", ("known_level", NAN, "level last met"), ("known_value", "its value")),
    *_fields("f[]", "vetoes", ("veto_at_start", "value of the status quo to a veto player")),
    *_fields("f[]", "game_types", ("member_now", "types of the member who was asked last: a quantity reads them")),
    *_fields("f[]", "game", ("uniform", "uniform number of the last move: a quantity reads it")),
    *_fields("i[]", "veto_packages", ("veto_known", "whether a gain is known")),
    *_fields(
        "i[]", "seats",
        ("rank_known", "how far a party's menu is known"), ("rank_size", "how many packages of it may be offered"),
    ),
    *_fields("f[]", "rank_keys", ("rank_key", "what the ranking of a party's menu rests on")),
    *_fields("i[]", "consents", ("block_known", "whether a chance of being blocked is known")),
    *_fields("i[]", "conditions", ("condition_known", "whether a condition's value is that of the quantities as last read")),
    *_fields("i[]", "believed", ("trust_helps", "1 if no package is worth less to an actor that trusts more, -1 if some is")),
    *_fields("f[]", "enforcers", ("shares", "shares of the target's trade"), ("enforcement_now", "enforcement now")),
    *_fields("f[]", "five", ("enforcement_terms", "of the target of enforcement")),
    *_fields("f[]", "ladder", ("ladder", "table of rungs")),
    *_fields(
        "f[]", "eight",
        ("loss_terms", "of loss at a rung"), ("collapse_terms", "of the collapse rate"), ("repair_terms", "of repair"),
    ),
    *_fields(
        "f[]", "hazards",
        ("hazard_base", "base rate"), ("paused_rate", "rate in a pause"), ("decay", "of excitation"), ("branching", "ratio"),
    ),
    *_fields("i[]", "hazards", ("has_type_factors", "whether they are worked out")),
    *_fields("f[]", "hazard_classes", ("type_factor", "factor on a hazard by class of an actor")),
)  # fmt: skip

# Lists on which acts work, with nothing in them that outlives an act, or that fields above say is valid. Estimates of
# utilities that rest on the scenario alone may outlive even the history.
SCRATCH = (
    *_fields("i[]", "believed", ("has_believed", "whether an estimate of another's utilities is filled in")),
    *_fields("f[]", "actor_packages", ("base", "utility without credibility"), ("slope", "what credibility adds")),
    *_fields("f[]", "believed_packages", ("believed_base", "the same as estimated"), ("believed_slope", "the same as estimated")),
    *_fields("f[]", "veto_packages", ("veto_gain", "gains of veto players")),
    *_fields("f[]", "consents", ("block", "chances of being blocked")),
    *_fields(
        "f[]", "menu",
        ("own", "own utilities"), ("other", "others' utilities"), ("one", "of one other"), ("allowed", "may be offered"),
        ("chances", "of acceptance"), ("blocks", "of being blocked"), ("values", "of options"), ("out", "probabilities"),
        ("whole", "chances before red lines"), ("gain", "gains over refusing"), ("open_options", "which options are allowed"),
        ("column_value", "values of distinct levels"),
    ),
    *_fields(
        "f[]", "seat_packages",
        ("rank_worth", "own utility by rank"), ("rank_liked", "the highest estimate up to a rank"),
        ("rank_other", "the others' utility as estimated, by package"),
    ),
    *_fields(
        "i[]", "seat_packages",
        ("rank_package", "package by rank"), ("rank_best", "the first with the highest estimate up to a rank"),
        ("rank_ties", "how many have it"),
    ),
    *_fields("f[]", "menu", ("spare_worth", "for ranking")),
    *_fields("i[]", "menu", ("spare_package", "for ranking")),
    *_fields("f[]", "gains", ("gains", "of both sides")),
    *_fields("f[]", "conditions", ("condition_value", "values of conditions")),
    *_fields("f[]", "numbers", ("numbers", "what a program reads"), ("stack", "of a program")),
    *_fields("f[]", "plain", ("plain", "quantities about nothing, by kind")),
    *_fields("f[]", "issues", ("row", "levels")),
    *_fields("f[]", "bundle_levels", ("bundle_level", "levels by bundle")),
    *_fields("i[]", "bundles", ("bundle_option", "bundles that change something")),
    *_fields(
        "f[]", "drawn",
        ("uniforms", "of inputs"), ("independent", "of a group"), ("normals", "of a group"), ("amounts", "of a group"),
    ),
    *_fields(
        "f[]", "types",
        ("type_points", "points of a belief"), ("type_beliefs", "their probabilities"), ("type_able", "able to accept"),
        ("likelihoods", "of what was seen, by type"), ("seen_as", "of a reply, by type"), ("prior", "of classes"),
        ("free", "deliverable without a red line"), ("bound", "with it"), ("fights", "values of war by cost"),
        ("forces", "values of force by cost"), ("cell_beliefs", "beliefs about the cost"), ("costs", "costs of war"),
    ),
    *_fields("i[]", "types", ("type_waived", "whether a red line is lifted")),
    *_fields(
        "f[]", "deliverable", ("order_value", "utility of deliverable texts, falling"), ("spare_value", "for merging them"),
    ),
    *_fields("i[]", "deliverable", ("order", "these texts"), ("spare_order", "for merging them")),
    *_fields("f[]", "received", ("received", "own utility of the others' offers")),
    *_fields("f[]", "reserves", ("reserves", "what refusing is worth to others")),
    *_fields(
        "f[]", "eight",
        ("crisis_value", "values of the last crisis move"), ("mover_side", "numbers of a side"), ("other_side", "numbers of a side"),
        ("constants", "of a response"), ("response", "values of a response"),
    ),
    *_fields("f[]", "prospects", ("prospects", "perceived results of force")),
    *_fields("i[]", "eight", ("act", "acts at a milestone"), ("act_seen", "as seen")),
    *_fields("i[]", "votes", ("vote", "votes of members")),
    *_fields("f[]", "players", ("paid_now", "payoffs of a result")),
    *_fields("f[]", "widest", ("chance", "probabilities of options"), ("likelihood", "of what was chosen, by class")),
    *_fields("i[]", "players", ("chosen_now", "options chosen at once")),
    *_fields("f[]", "paths", ("path", "rows of paths")),
    # Not worked on: who plays the history gives it. Compiled code has the points of a whole block here.
    *_fields("f[]", "axes", ("point", "uniforms of inputs and private types, where a design gives them")),
)  # fmt: skip

# Who the history is; set before it begins.
IDENTITY = _fields(
    "i", "",
    ("seed", "root seed, as 64 bits"), ("replication", "which history"), ("branch", "which branch of it"),
    ("supposed", "whether every draw takes the first option, to see what comes of it"),
    ("designed", "whether inputs and private types are drawn from a given point, not from addresses"), ("point_from", "where it begins"),
) + _fields("f", "", ("grid", "times of clocks are rounded up to multiples of this, to force ties; 0 leaves them"))  # fmt: skip

SITUATION = (*STATE, *KEPT, *SCRATCH, *IDENTITY)


def _names(kind: str, names: str) -> tuple[Field, ...]:
    return tuple(Field(name, kind) for name in names.split())


# The scenario's tables. A "slot" is a place in the list of inputs; -1 stands for none.
TABLES = (
    # Sizes.
    *_names("i", """num_issues num_actors num_tracks num_packages num_candidates num_lines num_vetoes num_hazards num_arrivals
        num_clocks num_enforcers num_milestones num_prospects num_treaty_players most_parties"""),
    # Time units, times and durations.
    *_names("f", """day year pulse contact_every talks_lapse talks_window unheard_for pause_after_talks restraint_deadline
        promised_at election_window leader_change_lasts strike_lasts turn_time milestone_every"""),
    # Switches: whether a mechanism is given at all, whether it is on, and what of it is on.
    *_names("i", """aftermath_given aftermath_on agreements_given agreements_on capability_on collapse_on expectation_given
        expectation_on ladder_on learning_on provocation_given provocation_on reference_on restraint_on rivalry_on
        sanctions_given sanctions_on tension_on talks_used talks_at_start red_lines veto_players overconfidence_on
        oversell_discount audience_costs autonomous_risk cost_by_time demands cheating snapback force_possible
        derived_varies"""),
    # Actors and issues that play a part.
    *_names("i", """side_one side_two target relief_issue eroded arms_issue election_actor hope_holder hope_other deal_one
        deal_two crisis_one crisis_two striker verification_issue hotline_issue treaty_issue restraint_issue
        recognition_issue table_of_sides"""),
    *_names("f", "arms_full_stop hotline_level restraint_level recognition_during_talks"),
    # Packages that play a part, and effects.
    *_names("i", "maximal_package triumph_package fallback_package signed_effects strike_effects"),
    # Keys of draws.
    *_names("i", "deal_key ladder_key"),
    # Rungs and steps.
    *_names("i", """first_rung last_rung strike_rung brink incident_rung crisis_rung calm_rung concession_rung contact_rung_max
        depth"""),
    # Slots.
    *_names("i", """officials leaders milestone_precision crisis_precision brink_precision aftermath_precision
        aftermath_reference kappa mixing tension_initial tension_rests tension_rests_in_talks tension_half_life
        provocation_initial provocation_half_life provocation_saturation rivalry_initial rivalry_half_life capability_initial
        capability_grows capability_in_moratorium capability_erosion election_cost contact_cost sanctions_start
        sanctions_cost sanctions_adaptation felt_after enforcement_time enforcement_fear_rungs step_after_failure turn_shift
        turn_gain hope_initial hope_hype hope_learning hope_update oversell bias_belief collapse_steepness
        collapse_threshold collapse_talks collapse_pressure reference_aversion reference_curvature prior_belief_talks
        prior_belief_pressure belief_half_life setback pressure_gain pressure_effect resume_gain resume_tension_cost
        deadline_after strike_veto tick fast_tick stake fade cooling counter_blow counter_success credibility_after_force
        loss_share loss_extra loss_per_rung detection_base detection_slope false_alarm dispute_duration repair_intercept
        repair_verification repair_hotline repair_trust collapse_base collapse_verification collapse_trust collapse_hostile
        collapse_leader snapback_rate treaty_delay exit_credibility milestone_credibility recognition_transfer
        recognition_irreversible"""),
    # Clocks, and places of some.
    *_names("i", """clock_started clock_dispute clock_reading clock_milestone clock_offers clock_promise clock_pulse clock_tick
        clock_arrival clock_repair first_ratification last_ratification first_deferred last_deferred horizon_place"""),
    *_names("i[]", "clock_kind clock_of"),
    # Inputs: point values, distributions, copulas, shares; durations that are drawn at each occurrence.
    *_names("f[]", "base input_numbers copula_factor shares_total recurring_numbers recurring_mean"),
    *_names("i[]", """input_slot input_kind input_first input_key input_counter copula_start copula_first copula_member
        shares_start share_slot share_kind share_first share_key share_counter share_axis commitment_axis line_axis
        game_type_axis recurring recurring_kind recurring_first"""),
    # Issues and packages. Columns are distinct levels of issues, then of derived quantities, over all packages.
    *_names("f[]", "start levels relief_left column_level any_mandate ones offered"),
    *_names("i[]", """column_start column_index needs_treaty deliverable withdrawn_issue in_force_at_signing
        at_first_milestone deal_conceder"""),
    # Expressions: programs over named quantities, and over packages.
    *_names("f[]", "constants"),
    *_names("i[]", """code condition_start condition_stop program_start program_stop program_source program_source_start
        derived_program quantity_kind quantity_one quantity_two plain_kind plain_at about_quantity rate_kind rate_at rate_about
        condition_reader condition_reader_start reader reader_start read_by_held reads_more
        held_condition remembered_condition remembered_quantity also_kind also_at also_about"""),
    *_names("f[]", "remembered_until"),
    # Actors.
    *_names("i[]", """actor_key patience overconfidence audience_cost harm_of_war win_probability war_prize risk_aversion
        risk_curvature war_cost_slot credibility_slot class_start num_classes class_prior class_bonus gains_recognition
        taste_weight taste_ideal taste_exponent taste_reads taste_hidden survival_weight survival_arms survival_guarantee
        survival_eta believed_row perceived_weight perceived_ideal"""),
    *_names("f[]", "class_trusted grid_mean"),
    # Beliefs and signals.
    *_names("i[]", """belief_observer belief_actor belief_trait belief_line belief_start belief_size belief_at first_belief
        line_belief signal_about signal_start signal_size signal_likelihood"""),
    *_names("f[]", "grid_point"),
    # Red lines.
    *_names("i[]", """line_first line_probability line_by_class line_class_slot line_unless line_credibility beyond_start
        beyond_package"""),
    *_names("f[]", "beyond"),
    # Veto players.
    *_names("i[]", """veto_parent veto_weight veto_spread veto_prior veto_reference veto_learning veto_votes veto_gap veto_key
        veto_kinds veto_program veto_count is_treaty_player"""),
    # Sanctions, elections, agreements, force.
    *_names("i[]", "enforcer_actor enforcer_share enforcer_enforcement enforcement_slot moving_enforcer public"),
    *_names("f[]", "elections prospect"),
    *_names("i[]", "rung_risk rung_audience rung_hold rung_climb"),
    # Tracks.
    *_names("i[]", """track_protocol track_on track_key track_proposer track_responder track_gap track_first_round
        track_breakdown track_consents track_feeds track_declaration track_reports_to track_when track_announced track_count
        track_time num_parties party tactic is_table has_rounds between_sides both_sides feeds_somewhere held_as_text
        moves_expectation most_drafts own_view refused_first view_fixed clock_table clock_meeting clock_invitation clock_cancelled
        clock_revival clock_turned has_invitations invitation_delay spectacle_first spectacle_later announced_effects
        held_effects walk_out_effects bundle_effects cancellation_rate cancellation_factor rate_after_revival revival
        revival_delay revival_possible spin_first spin_later recognises declaration_pledges bundle_first bundle_once
        bundle_lasts atmosphere standing_collapse standing_ends_at lowers_rung_up_to eligible stage_duration num_stages
        most_retries treaty_collapse council_ends_at needs_calm needs_talks proposer_first text_proposer text_first
        text_package member_first member member_required member_any_of sympathy threshold threshold_in_talks
        resolution_delay resolution_step voter_first voter voter_intercept voter_severity voter_rivalry contact_rate watching
        tactic_family tactic_fallback tactic_mode tactic_window tactic_rejections tactic_beta tactic_period tactic_margin
        tactic_stress tactic_own"""),
    *_names("f[]", """mandate track_opens track_deadline track_every closed_after_breakdown text_lapses pauses_before
        pauses_after invitation_every text_within meeting_text_lapses revival_within postponed_by retry_after lapses_after
        bundle_add bundle_cap bundle_least"""),
    # Hazards, effects, leader changes, arrivals.
    *_names("i[]", """hazard_kind hazard_key hazard_actor hazard_when hazard_by_type hazard_type_when hazard_base
        hazard_factor hazard_half_life hazard_branching hazard_paused hazard_paused_rate hazard_suspended
        suspended_probability suspended_by_type suspended_count hazard_effects hazard_alternative hazard_arrival
        hazard_classes hazard_count hazard_in_talks hazard_time clock_hazard mark_start mark_probability mark_effects
        mark_count mark_time date_start effect_none effect_rung effect_major effect_signal effect_counts_as effect_cancels
        effect_breaches effect_hostile effect_leader effect_incident effect_crisis effect_crisis_at effect_severity
        effect_tension effect_tension_factor effect_provocation effect_capability effect_expectation
        effect_raises_expectation effect_rivalry effect_fails_round violation_start violated_issue violated_level
        leader_actor leader_probability leader_count leader_credibility leader_resets leader_ends_declaration arrival_kind
        arrival_one arrival_stream arrival_key arrival_lane"""),
    *_names("f[]", "hazard_every date effect_delays_rounds leader_delay"),
    # A game: its players, types, moves, units of play, results.
    *_names("i", "num_players num_game_types first_move most_moves clock_game"),
    *_names("f", "game_starts game_period"),
    *_names("i[]", """player_discount game_type_kind game_type_key type_points type_members type_member_first type_classes type_belief
        type_first type_term move_kind move_key move_actor move_by move_players move_unit move_low move_high move_needed
        move_already move_result agreed_start agreed_program unit_size unit_first unit_program unit_table unit_point unit_count
        unit_reveals unit_axis axis_source axis_place axis_start result_takes result_then result_until result_effects
        paid_start paid_to paid_program game_quantity"""),
    *_names("f[]", "axis_point game_probability game_point"),
    # Readings and results.
    *_names("i[]", "outcome metric measure measure_given reading_on_grid reading_place column_from column_of"),
    *_names("f[]", "reading_time"),
)  # fmt: skip
