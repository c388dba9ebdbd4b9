"""The commands about lectures, for the table; what they need is loaded with the first of them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.window.main_window import MainWindow


def open_shipped(window: "MainWindow") -> None:
    """Open the lecture that comes with the app."""
    window.lectures.open_shipped()


def open_recent(window: "MainWindow") -> None:
    """Choose one of the lectures opened lately."""
    window.lectures.open_recent_menu()


def present(window: "MainWindow") -> None:
    """Present from the first scene."""
    window.lectures.present()


def present_here(window: "MainWindow") -> None:
    """Present from the present scene."""
    window.lectures.present_here()


def next_scene(window: "MainWindow") -> None:
    """Reveal, or go to the next scene."""
    window.lectures.next()


def previous_scene(window: "MainWindow") -> None:
    """Go to the scene before."""
    window.lectures.previous()


def restore(window: "MainWindow") -> None:
    """Go back to the scene's exact state."""
    window.lectures.restore()


def toggle_list(window: "MainWindow") -> None:
    """Show or hide the list of scenes."""
    window.lectures.toggle_list()


def capture(window: "MainWindow") -> None:
    """Capture the state as a scene."""
    window.lectures.capture()


def save(window: "MainWindow") -> None:
    """Save the lecture."""
    window.lectures.save()


def save_as(window: "MainWindow") -> None:
    """Save the lecture under another name."""
    window.lectures.save_as()


def spotlight(window: "MainWindow") -> None:
    """Light the place of the pointer."""
    window.lectures.spotlight()


def swap_screens(window: "MainWindow") -> None:
    """Let the windows of lecturer and audience change places."""
    window.lectures.swap_screens()


def close(window: "MainWindow") -> None:
    """Put the lecture away."""
    window.lectures.close_lecture()
