"""The one table of commands: menus, keys, buttons and the help page are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from explorer.window.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do from a menu or with a key."""

    name: str
    text: str
    keys: tuple[str, ...]
    group: str
    run: Callable[["MainWindow"], None]


def _commands() -> tuple[Command, ...]:
    from explorer.window import lecture_commands as lecture
    from explorer.window.main_window import MainWindow as W  # the table and the window know each other

    return (
        Command("open", "Open logits, in Layer samples, or a lecture…", ("Ctrl+O",), "File", W.open_file),
        Command("paste", "Paste logits, samples or a state line", ("Ctrl+V",), "File", W.paste),
        Command("copy", "Copy the state as a line", ("Ctrl+C",), "File", W.copy_state),
        Command("picture", "Save the window as a picture…", ("Ctrl+S",), "File", W.save_picture),
        Command("quit", "Quit", ("Ctrl+Q",), "File", W.close_window),
        Command("undo", "Undo", ("Ctrl+Z",), "Edit", W.undo),
        Command("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Edit", W.redo),
        Command("reset", "Reset all", ("Ctrl+R",), "Edit", W.reset),
        Command("freeze", "Freeze the ghost, or let it go", ("F",), "Edit", W.freeze),
        Command("explore", "Explore", ("Ctrl+1",), "View", W.show_explore),
        Command("vanishing", "Vanishing", ("Ctrl+2",), "View", W.show_vanishing),
        Command("clinic", "Clinic", ("Ctrl+3",), "View", W.show_clinic),
        Command("layer", "Layer", ("Ctrl+4",), "View", W.show_layer),
        Command("play", "Play or pause the spread", ("P",), "View", W.play),
        Command("larger", "Larger", ("Ctrl++", "Ctrl+="), "View", W.larger),
        Command("smaller", "Smaller", ("Ctrl+-",), "View", W.smaller),
        Command("normal", "Normal size", ("Ctrl+0",), "View", W.normal_size),
        Command("theme", "Light or dark", ("Ctrl+T",), "View", W.next_theme),
        Command("follow", "Follow the system's theme", (), "View", W.follow_system),
        Command("full", "Full screen", ("F11",), "View", W.full_screen),
        Command("present", "Present from the first scene", ("F5",), "Lecture", lecture.present),
        Command("present_here", "Present from this scene", ("Shift+F5",), "Lecture", lecture.present_here),
        Command("next_scene", "Next scene, or reveal", ("Ctrl+PgDown",), "Lecture", lecture.next_scene),
        Command("previous_scene", "Previous scene", ("Ctrl+PgUp",), "Lecture", lecture.previous_scene),
        Command("restore", "Back to the scene’s exact state", ("R",), "Lecture", lecture.restore),
        Command("scenes", "List of scenes", ("Ctrl+Shift+L",), "Lecture", lecture.toggle_list),
        Command("capture", "Capture this state as a scene", ("Ctrl+Shift+N",), "Lecture", lecture.capture),
        Command("save_lecture", "Save the lecture", ("Ctrl+Shift+S",), "Lecture", lecture.save),
        Command("save_lecture_as", "Save the lecture as…", (), "Lecture", lecture.save_as),
        Command("shipped", "Open the lecture that comes with the app", (), "Lecture", lecture.open_shipped),
        Command("recent", "Open a recent lecture…", (), "Lecture", lecture.open_recent),
        Command("spotlight", "Spotlight at the pointer, presenting", ("Ctrl+L",), "Lecture", lecture.spotlight),
        Command("swap", "Swap the lecturer’s and the audience’s screen", (), "Lecture", lecture.swap_screens),
        Command("close_lecture", "Put the lecture away", (), "Lecture", lecture.close),
        Command("keys", "Keys", ("F1", "?"), "Help", W.show_keys),
    )


class CommandAction(QAction):
    """A command bound to a window."""

    def __init__(self, command: Command, window: "MainWindow") -> None:
        super().__init__(command.text, window)
        self.command, self._window = command, window
        self.setObjectName(command.name)
        self.setShortcuts([QKeySequence(key) for key in command.keys])
        self.triggered.connect(self._run)

    def _run(self) -> None:
        self._window.finish_typing()
        self.command.run(self._window)


def make_actions(window: "MainWindow") -> dict[str, CommandAction]:
    """Return an action for every command, by name."""
    return {command.name: CommandAction(command, window) for command in _commands()}


# Keys that belong to the part of the window that has the focus, for the help page.
OTHER_KEYS = (
    ("Tab, Shift+Tab", "to the next, the previous control or picture"),
    ("← → ↑ ↓", "step a slider, a typed number or a picture's cursor"),
    ("Shift + arrow", "fine step, ×0.1"),
    ("Ctrl + arrow", "coarse step, ×10"),
    ("Home", "set a control back to where it started"),
    ("Enter", "pin the Jacobian cell; finish typing; Clinic: go where it breaks"),
    ("Space", "Vanishing: play the spread; Layer: run the training; pause"),
    ("Letters", "Clinic’s list: look for a specimen"),
    ("0–9, −", "Layer’s weights: type the one at the cursor"),
    ("PageUp, PageDown", "Layer: step a weight (also Shift, Ctrl + ↑ ↓), turn pages"),
    ("PgDn, PgUp, Space", "presenting: reveal or next scene; previous scene; also → ←"),
    ("Home, End, 12 Enter", "presenting: first scene, last scene, scene 12"),
    ("1 to 5, H, Enter", "presenting: the room’s answer, raised hands, reveal"),
    ("B or .    W", "presenting: black, white screen; any key returns"),
    ("Z or double-click", "presenting: one picture large, and back"),
    ("N", "presenting: the lecturer’s notes"),
    ("Esc", "take back what is typed; close a message; leave presenting"),
)
