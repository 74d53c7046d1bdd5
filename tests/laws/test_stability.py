"""What holds in every graph model: how the concepts imply one another, and that names and numbers of things do not matter.

The judge is written from the definitions with plain sets, apart from the code: sequences are listed one by one.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.stability.verdicts import StabilityResult
from sim.analysis.stability.words import findings, reasons
from sim.games.stability.concepts import CONCEPTS, Analyst, analyse
from sim.games.stability.graph import from_lists, states_in
from sim.games.stability.joint import reachable, shortest_sequence
from sim.model.stability.load import conflict_from_text

LONGEST = 12  # of a sequence; beyond it nothing new is reached among the pairs of four states and three movers


@st.composite
def tables(draw, players=(2, 3), most_states=6):
    """Moves and ranks as lists."""
    num_states = draw(st.integers(2, most_states))
    num_players = draw(st.integers(*players))
    states = st.integers(0, num_states - 1)
    moves = [
        [sorted(draw(st.frozensets(states, max_size=3)) - {state}) for state in range(num_states)]
        for _ in range(num_players)
    ]
    ranks = [[draw(st.integers(0, 3)) for _ in range(num_states)] for _ in range(num_players)]
    return moves, ranks


# --- the judge ---


def judged_reach(moves, group, start):
    """States that legal sequences reach: all sequences, one by one."""
    found, front = set(), [(None, start)]
    for _ in range(LONGEST):
        front = list(
            {
                (player, target)
                for last, state in front
                for player in group
                if player != last
                for target in moves[player][state]
            }
        )
        found |= {state for _, state in front}
    return found


def judged(moves, ranks, player, state, concept):
    """Whether a state is stable for a decision maker, from the words of the definition."""
    gains = [
        [[t for t in targets if rank[t] < rank[s]] for s, targets in enumerate(table)]
        for table, rank in zip(moves, ranks, strict=True)
    ]
    others = [other for other in range(len(moves)) if other != player]
    mine = ranks[player]
    for target in gains[player][state]:
        if concept == "Nash":
            return False
        answers = judged_reach(gains if concept == "SEQ" else moves, others, target)
        deterring = {answer for answer in answers if mine[answer] >= mine[state]}
        if concept == "SMR":
            deterring = {
                answer for answer in deterring if all(mine[way] >= mine[state] for way in moves[player][answer])
            }
        if not deterring:
            return False
    return True


@given(tables())
def test_every_verdict_is_that_of_the_definitions(table):
    moves, ranks = table
    found = analyse(from_lists(moves, ranks))
    for concept in CONCEPTS:
        for player in range(len(moves)):
            expected = {state for state in range(len(ranks[0])) if judged(moves, ranks, player, state, concept)}
            assert set(states_in(found.stable[concept][player])) == expected, (concept, player)


@given(tables())
def test_nash_implies_all_and_all_imply_gmr(table):
    """As Fang, Hipel and Kilgour (1993) show."""
    found = analyse(from_lists(*table))
    for player in range(len(table[0])):
        nash, gmr, smr, seq = (found.stable[concept][player] for concept in CONCEPTS)
        assert nash & ~smr == nash & ~seq == smr & ~gmr == seq & ~gmr == 0


@given(tables(), st.randoms(use_true_random=False))
def test_numbers_of_states_and_decision_makers_do_not_matter(table, random):
    moves, ranks = table
    places = list(range(len(ranks[0])))
    order = list(range(len(moves)))
    random.shuffle(places)
    random.shuffle(order)
    renamed_moves = [[[] for _ in places] for _ in order]
    renamed_ranks = [[0] * len(places) for _ in order]
    for new, old in enumerate(order):
        for state, place in enumerate(places):
            renamed_moves[new][place] = [places[target] for target in moves[old][state]]
            renamed_ranks[new][place] = 7 * ranks[old][state] + new  # only the order counts
    before, after = analyse(from_lists(moves, ranks)), analyse(from_lists(renamed_moves, renamed_ranks))
    for concept in CONCEPTS:
        for new, old in enumerate(order):
            expected = {places[state] for state in states_in(before.stable[concept][old])}
            assert set(states_in(after.stable[concept][new])) == expected


@given(tables())
def test_sequences_are_legal_and_lead_where_they_should(table):
    """Nobody moves twice in succession, each step can be made, and a state has one if and only if it is reachable."""
    moves, ranks = table
    model = from_lists(moves, ranks)
    group = list(range(1, len(moves)))
    for improving in (False, True):
        steps_of = model.improvements if improving else model.moves
        for start in range(model.num_states):
            reached = reachable(model, group, start, improving=improving)
            for goal in range(model.num_states):
                steps = shortest_sequence(model, group, start, 1 << goal, improving=improving)
                assert bool(steps) == bool(reached >> goal & 1)
                here, last = start, None
                for step in steps:
                    assert step.player != last and steps_of[step.player][here] >> step.state & 1
                    here, last = step.state, step.player
                assert not steps or here == goal


def conflict_text(preferences):
    """Two decision makers with two options each and three with one, in the order of the statements given."""
    makers = "".join(
        f"  D{number}:\n    options: {{{', '.join(f'{name}: {{}}' for name in options)}}}\n    prefers: {wanted}\n"
        for number, (options, wanted) in enumerate(preferences)
    )
    return f"schema_version: 1\nid: made\ntitle: T\ndescription: D\nsources: {{}}\nstatus_quo: '{'N' * 4}'\ndecision_makers:\n{makers}"


NAMES = ("a", "b", "c", "d")
STATEMENTS = [*NAMES, *(f"not {name}" for name in NAMES), "a iff c", "b or d", "c if a"]
WANTED = st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=4)
OWNED = [(("a", "b"), ("c", "d")), (("a",), ("b", "c"), ("d",))]


@given(st.sampled_from(OWNED), st.lists(WANTED, min_size=3, max_size=3))
def test_reasons_say_what_the_verdict_is(options, wanted):
    """For any conflict each verdict has words, and the words name the concepts that hold."""
    makers = list(zip(options, wanted, strict=False))
    result = StabilityResult(conflict_from_text(conflict_text(makers)).conflict)
    assert findings(result)
    for state in range(len(result.conflict.states)):
        for player in range(len(makers)):
            verdict = result.verdict(player, state)
            text = " ".join(reasons(result, verdict))
            kept = [concept for concept in CONCEPTS if verdict.holds[concept]]
            for concept in CONCEPTS[1:]:
                deterred = all(item.answers[concept] for item in verdict.improvements)
                assert deterred == (concept in kept)
            if kept == list(CONCEPTS):
                assert "stable for it by every concept" in text and not verdict.improvements
            elif not kept:
                assert text.endswith("So the state is unstable for it by every concept.")
            else:
                assert (
                    f"stable for it by {' and '.join(filter(None, [', '.join(kept[:-1]), kept[-1]]))}, not by Nash"
                    in text
                )


@given(tables(players=(3, 3), most_states=4))
def test_told_answers_deter(table):
    """What a reason says of an answer is so: it ends no better, leaves no way out, or improves things at each step."""
    moves, ranks = table
    model = from_lists(moves, ranks)
    analyst = Analyst(model)
    for player in range(3):
        for state in range(model.num_states):
            for answers in analyst.answers(player, state):
                for end in states_in(answers.deterring):
                    assert not model.prefers(player, end, state)
                for end in states_in(answers.final):
                    assert not any(model.prefers(player, way, state) for way in states_in(model.moves[player][end]))
                for end in states_in(answers.credible):
                    assert analyst.sequence(player, answers.target, 1 << end, improving=True)
