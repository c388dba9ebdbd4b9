"""The bar above the Vanishing view's pictures: what they show, which way the logits diverge, playing and its speed."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.model.notation import subscript
from explorer.panels.look import Look
from explorer.panels.widgets import ElidedLabel, Switch
from explorer.session.direction import AlongGap
from explorer.session.intent import Intent
from explorer.session.session import Session
from explorer.session.snapshot import Snapshot
from explorer.session.vanishing_choice import MOST_SEED, SPEEDS
from explorer.window.playing import Player
from explorer.window.widgets import Button, Choice, SeedField

_PAGES = (("formats", "Formats"), ("spectrum", "Spectrum"), ("attention", "Attention"))


class SweepBar(QWidget):
    """Shows the choices and hands them to the Session; owns the player."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName("Vanishing")
        self.page = Switch("Show", _PAGES, self)
        self.direction = Choice("How the logits diverge", (), self)
        self.direction.prefix, self.direction.short_prefix = "along the ", ""
        self.speed = Button("", "Playing speed", self)
        self.play_button = Button("▶ Play", "Play, or pause (Space)", self)
        self.player = Player(session, self)
        self.look: Look | None = None
        self._names: list[tuple[str, str]] = []
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.page)
        self._row.addStretch(1)
        self._row.addWidget(self.direction, 4)
        self._row.addWidget(self.play_button)
        self._row.addWidget(self.speed)
        self.seed = SeedField("Seed of the random queries and keys", MOST_SEED, self)
        self._seed_name = ElidedLabel(self)
        self._seed_name.setText("seed")
        self.take_plain = Button("use q·k", "Take the scores q·k of the draw shown as logits", self)
        self.take_scaled = Button("use q·k/√d", "Take the scores q·k/√d of the draw shown as logits", self)
        for widget in (self._seed_name, self.seed, self.take_plain, self.take_scaled):
            self._row.addWidget(widget)
        self.seed.chosen.connect(self._choose_seed)
        self.seed.refused.connect(session.refused)
        self.take_plain.clicked.connect(self._take_plain)
        self.take_scaled.clicked.connect(self._take_scaled)
        self.page.chosen.connect(self._choose_page)
        self.direction.picked.connect(self._choose_direction)
        self.direction.reset_asked.connect(self._reset_direction)
        self.speed.clicked.connect(self._next_speed)
        self.play_button.clicked.connect(self.player.toggle)
        self.player.changed.connect(self._show_playing)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the choices; does not write back."""
        intent = snapshot.intent
        names = _directions(intent)
        if names != self._names:
            self._names = names
            self.direction.clear()
            for value, text in names:
                self.direction.addItem(text, value)
        way = intent.vanishing.direction
        self.direction.show_value(f"logit {intent.vanishing.logit}" if way == "logit" else way)
        self.page.show_value(intent.vanishing.page)
        speed = f"×{intent.vanishing.speed}".replace("0.5", "½")
        if speed != self.speed.text():
            self.speed.setText(speed)
            self.speed.setAccessibleName(f"Playing speed {speed}")
            self.speed.setToolTip("Playing speed; a click takes the next of ×½, ×1, ×2, ×4")
        sweeps = intent.vanishing.page != "attention"
        for widget in (self.direction, self.play_button, self.speed):
            widget.setVisible(sweeps)
        for part in (self.seed, self.take_plain, self.take_scaled):
            part.setVisible(not sweeps)
        self._show_seed_name()
        self.seed.show_number(float(intent.vanishing.seed))
        if not sweeps:
            self.player.pause()

    def apply_look(self, look: Look) -> None:
        """Take over colours, fonts and scale."""
        self.look = look
        self._row.setContentsMargins(look.px(4), 0, look.px(4), 0)
        self._row.setSpacing(look.px(8))
        self.page.apply_look(look)
        self.direction.apply_look(look)
        self.seed.apply_look(look)
        for button in (self.play_button, self.speed, self.take_plain, self.take_scaled):
            button.apply_look(look)
        self._seed_name.apply(look.font(12), look.colour("muted"))
        self.seed.setFixedWidth(look.px(76))
        self.direction.setMaximumWidth(look.px(320))

    def _show_seed_name(self) -> None:
        """Name the seed where there is room; the picture below names it in any case."""
        wide = self.look is not None and self.width() > self.look.px(520)
        self._seed_name.setVisible(wide and self.session.intent.vanishing.page == "attention")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_seed_name()

    def tab_chain(self) -> list[QWidget]:
        """Return what Tab reaches, in order."""
        sweeps = [self.direction, self.play_button, self.speed]
        return [*self.page.segments.values(), *sweeps, self.seed, self.take_plain, self.take_scaled]

    def _choose_page(self, page: str) -> None:
        self.session.choose("vanishing", "Choose what to show", page=page)

    def _choose_direction(self, value: str) -> None:
        self.player.pause()
        way, _, index = value.partition(" ")
        logit = int(index) if index else self.session.intent.vanishing.logit

        def change(intent: Intent) -> Intent:
            turned = intent.with_choice("vanishing", direction=way, logit=logit)
            gap = AlongGap()  # its curves are those of equal losers: make them equal, so that the state lies on them
            return gap.moved(turned, gap.value(turned)) if way == "gap" and not gap.equal_losers(turned) else turned

        self.session.apply("Choose the direction", change)

    def _reset_direction(self) -> None:
        self._choose_direction("spread")

    def _next_speed(self) -> None:
        place = SPEEDS.index(self.session.intent.vanishing.speed)
        self.session.choose("vanishing", "Choose the speed", speed=SPEEDS[(place + 1) % len(SPEEDS)])

    def _choose_seed(self, seed: int) -> None:
        self.session.choose("vanishing", "Choose the seed", seed=seed)

    def _take_plain(self) -> None:
        self._take(scaled=False)

    def _take_scaled(self) -> None:
        self._take(scaled=True)

    def _take(self, scaled: bool) -> None:
        """Make the scores of the draw shown the logits, at spread 1 and shift 0, and show the formats' page."""
        snapshot = self.session.snapshot
        found = snapshot.attention.scores(snapshot.intent.vanishing.width, scaled)
        scores = tuple(float(f"{score:.4g}") for score in found.tolist())
        labels = tuple(f"key {k + 1}" for k in range(len(scores)))
        self.session.apply(
            "Take the scores as logits",
            lambda intent: (
                intent.with_logits(scores, labels)
                .with_changes(spread=1.0, shift=0.0)
                .with_choice("vanishing", page="formats")
            ),
        )

    def _show_playing(self, playing: bool) -> None:
        self.play_button.setText("❚❚ Pause" if playing else "▶ Play")
        self.play_button.update()


def _directions(intent: Intent) -> list[tuple[str, str]]:
    logits = ((f"logit {k}", f"logit z{subscript(k)} · {label}") for k, label in enumerate(intent.labels))
    return [("spread", "spread t"), ("gap", "gap, equal losers"), *logits]
