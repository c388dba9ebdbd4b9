"""Which way the logits diverge: along the spread, along one logit, or along the winner's lead over equal losers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from explorer.model import sweep
from explorer.model.exact import Floats
from explorer.model.notation import MINUS, number, subscript
from explorer.session.axes import Axis, LogAxis, SymmetricAxis
from explorer.session.intent import SLIDER_LIMIT, SPREAD_RANGE, Intent

_DECADES = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
_DIVERGING = LogAxis(_DECADES[0], _DECADES[-1])


class Direction(ABC):
    """A way through the states: its axis, where an Intent stands on it, and the Intent at another place."""

    axis: Axis
    ticks: tuple[float, ...]
    step: str  # what moving along it is called in the undo list

    @abstractmethod
    def title(self, intent: Intent) -> str:
        """Return what the axis shows."""

    @abstractmethod
    def text(self, value: float) -> str:
        """Return a value with its name."""

    @abstractmethod
    def tick(self, value: float) -> str:
        """Return a tick's text."""

    @abstractmethod
    def value(self, intent: Intent) -> float:
        """Return where an Intent stands."""

    @abstractmethod
    def moved(self, intent: Intent, value: float) -> Intent:
        """Return the Intent with another value, everything else as it is."""

    @abstractmethod
    def stepped(self, intent: Intent, steps: float) -> Intent:
        """Return the Intent some key steps further on."""

    @abstractmethod
    def rest(self, intent: Intent) -> tuple[object, ...]:
        """Return what the curves depend on besides target and losses: what stays while one moves along."""

    @abstractmethod
    def sweep(self, intent: Intent, values: Floats, losses: tuple[str, ...]) -> sweep.Sweep:
        """Return the curves at the given values."""

    def place(self, intent: Intent) -> float:
        """Return where an Intent stands on the axis, from 0 to 1; the ends stand for what lies beyond."""
        value = self.value(intent)
        if value <= 0.0 and isinstance(self.axis, LogAxis):
            return 0.0
        return min(max(self.axis.place(value), 0.0), 1.0)

    def at(self, intent: Intent, place: float) -> Intent:
        """Return the Intent at a place of the axis, its value no longer than it needs to be."""
        return self.moved(intent, float(f"{self.axis.value(min(max(place, 0.0), 1.0)):.3g}") + 0.0)


@dataclass(frozen=True)
class AlongSpread(Direction):
    """All logits times the spread."""

    axis = _DIVERGING
    ticks = _DECADES
    step = "the spread"

    def title(self, intent: Intent) -> str:
        return "spread t"

    def text(self, value: float) -> str:
        return f"t = {number(value)}"

    def tick(self, value: float) -> str:
        return f"×{value:g}"

    def value(self, intent: Intent) -> float:
        return intent.spread

    def moved(self, intent: Intent, value: float) -> Intent:
        return intent.with_changes(spread=value)

    def stepped(self, intent: Intent, steps: float) -> Intent:
        return self.moved(intent, LogAxis(*SPREAD_RANGE).step(intent.spread, steps))

    def rest(self, intent: Intent) -> tuple[object, ...]:
        return intent.logits, intent.shift

    def sweep(self, intent: Intent, values: Floats, losses: tuple[str, ...]) -> sweep.Sweep:
        return sweep.along_spread(intent.logits, values, shift=intent.shift, target=intent.target, losses=losses)


@dataclass(frozen=True)
class AlongLogit(Direction):
    """One logit alone; its slider is the axis."""

    index: int
    axis = SymmetricAxis(SLIDER_LIMIT)
    ticks = (-20.0, -5.0, -1.0, 0.0, 1.0, 5.0, 20.0)
    step = "a logit"

    def title(self, intent: Intent) -> str:
        return f"logit z{subscript(self.index)} of {intent.labels[self.index]} alone"

    def text(self, value: float) -> str:
        return f"z{subscript(self.index)} = {number(value)}"

    def tick(self, value: float) -> str:
        return f"{value:g}".replace("-", MINUS)

    def value(self, intent: Intent) -> float:
        return intent.logits[self.index]

    def moved(self, intent: Intent, value: float) -> Intent:
        return intent.with_logit(self.index, value)

    def stepped(self, intent: Intent, steps: float) -> Intent:
        return self.moved(intent, self.axis.step(intent.logits[self.index], steps))

    def rest(self, intent: Intent) -> tuple[object, ...]:
        others = (*intent.logits[: self.index], *intent.logits[self.index + 1 :])
        return others, intent.spread, intent.shift

    def sweep(self, intent: Intent, values: Floats, losses: tuple[str, ...]) -> sweep.Sweep:
        spread, shift, target = intent.spread, intent.shift, intent.target
        return sweep.along_logit(
            intent.logits, self.index, values, spread=spread, shift=shift, target=target, losses=losses
        )


@dataclass(frozen=True)
class AlongGap(Direction):
    """The winner's lead over the rest, the losers all equal: where they are not, the curves take the runner-up's."""

    axis = _DIVERGING
    ticks = _DECADES
    step = "the gap"

    def title(self, intent: Intent) -> str:
        if intent.n > 2 and not self.equal_losers(intent):
            return "gap of the winner over losers made equal"
        return "gap of the winner over equal losers"

    def text(self, value: float) -> str:
        return f"gap {number(value)}"

    def tick(self, value: float) -> str:
        return f"{value:g}"

    def value(self, intent: Intent) -> float:
        _, level = _winner(intent)
        return max(intent.effective) - (intent.spread * level + intent.shift)

    def moved(self, intent: Intent, value: float) -> Intent:
        winner, level = _winner(intent)
        logits = [level] * intent.n
        logits[winner] = level + value / intent.spread
        return intent.with_logits(tuple(logits), intent.labels)

    def stepped(self, intent: Intent, steps: float) -> Intent:
        here = max(self.value(intent), _DECADES[0])
        return self.moved(intent, self.axis.step(here, steps))

    def rest(self, intent: Intent) -> tuple[object, ...]:
        winner, level = _winner(intent)
        return intent.n, winner, intent.spread * level + intent.shift

    def sweep(self, intent: Intent, values: Floats, losses: tuple[str, ...]) -> sweep.Sweep:
        winner, level = _winner(intent)
        shift = intent.spread * level + intent.shift
        return sweep.along_gap(intent.n, values, winner=winner, shift=shift, target=intent.target, losses=losses)

    def equal_losers(self, intent: Intent) -> bool:
        """Tell whether all logits but the winner's are equal."""
        winner, level = _winner(intent)
        return all(z == level for k, z in enumerate(intent.logits) if k != winner)


def direction_of(intent: Intent) -> Direction:
    """Return the direction that a person chose."""
    match intent.vanishing.direction:
        case "logit":
            return AlongLogit(intent.vanishing.logit)
        case "gap":
            return AlongGap()
    return AlongSpread()


def _winner(intent: Intent) -> tuple[int, float]:
    """Return the winner's index and the runner-up's logit; a class alone is its own."""
    logits = intent.logits
    winner = max(range(len(logits)), key=logits.__getitem__)
    return winner, max((z for k, z in enumerate(logits) if k != winner), default=logits[winner])
