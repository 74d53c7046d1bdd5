"""The options of each kind of decision in words, what removed some of them, and the packages that they are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.engines.telling import Teller

ACTS = ("comply", "slip", "cheat")

Menu = tuple[Sequence[str], dict[str, str], Sequence[int | None]]


def _or_none(package: int) -> int | None:
    return package if package >= 0 else None


def _whole_menu(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, one: int, two: int) -> Menu:
    return [t.label(p) for p in range(size)], t.forbidden(w, c, track, actor), range(size)


def _reply(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, package: int, line: int) -> Menu:
    accept = f"accept {t.package(package)}"
    return [accept, "reject"], {accept: t.line(line)} if line >= 0 else {}, [package, None]


def _answer(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, offer: int, counter: int) -> Menu:
    labels = [f"accept {t.package(offer)}", f"counter {t.package(counter)}", "refuse"]
    removed = {labels[0]: t.line(w.line)} if w.line >= 0 else {}
    if counter < 0:
        removed[labels[1]] = "no package"
    return labels, removed, [offer, _or_none(counter), None]


def _declaration(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, declared: int, line: int) -> Menu:
    return ["yes", "no"], {"yes": t.line(line)} if line >= 0 else {}, [declared, None]


def _last_word(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, counter: int, declared: int) -> Menu:
    labels = [f"accept {t.package(counter)}", "declaration", "walk out"]
    removed = {labels[0]: t.line(w.line)} if w.line >= 0 else {}
    if counter < 0:
        removed[labels[0]] = "no counter-offer"
    if declared < 0:
        removed[labels[1]] = "no declaration"
    return labels, removed, [_or_none(counter), _or_none(declared), None]


def _response(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, declared: int, two: int) -> Menu:
    removed = {}
    if not (c.force_possible and c.ladder_on):
        removed["force"] = "no option here" if c.ladder_on else "no ladder"
    if declared < 0:
        removed["sign and sell"] = "no declaration"
    return ["continue", "pressure", "force", "sign and sell"], removed, [None, None, None, _or_none(declared)]


def _after_failure(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, one: int, two: int) -> Menu:
    options = ["resume tests", "set a deadline", "turn to partners"]
    removed = {} if c.sanctions_given else {options[2]: "no sanctions"}
    if not w.open_options[0]:
        removed[options[0]] = "deal in force"
    return options, removed, ()


def _bundles(t: Teller, w: Any, c: Any, actor: int, track: int, size: int, one: int, two: int) -> Menu:
    names = t.bundle_names(track)
    return [names[w.bundle_option[n] - c.bundle_first[track]] for n in range(size)], {}, ()


def _fixed(*labels: str) -> Callable[..., Menu]:
    return lambda *about: (labels, {}, ())


MENUS: dict[str, Callable[..., Menu]] = {
    "offer": _whole_menu,
    "proposal": _whole_menu,
    "reply": _reply,
    "answer": _answer,
    "declaration": _declaration,
    "last_word": _last_word,
    "response": _response,
    "after_failure": _after_failure,
    "bundle": _bundles,
    "invite": _fixed("invite", "wait"),
    "invitation": _fixed("accept", "decline"),
    "offer_talks": _fixed("talk", "stay away"),
    "answer_to_talks": _fixed("talk", "stay away"),
    "bundle_reply": _fixed("accept", "decline"),
    "open": _fixed("propose", "wait"),
    "stage_vote": _fixed("yes", "no"),
    "milestone": _fixed(*ACTS),
    "crisis": _fixed("concede", "hold", "escalate"),
}
