"""IntakeWindow: what a window takes in and gives out: files, drops, the clipboard, a picture of itself."""

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.session.checks import IntentError
from explorer.session.intake import IntakeError, Table, parse_text
from explorer.session.intake_files import about_file, read_file
from explorer.session.session import Session
from explorer.session.state_line import from_line, summary, to_line
from explorer.window.message_bar import MessageBar
from explorer.window.view import View

if TYPE_CHECKING:
    from explorer.window.presenting.lectures import Lectures

_FILTER = "Logits and lectures (*.csv *.txt *.json *.npy *.toml);;All files (*)"


class IntakeWindow(QWidget):
    """A window with a message bar that says what could not be taken in; nothing loaded before is lost."""

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self.session, self._settings = session, settings
        self._table: Table | None = None
        self.messages = MessageBar(self)
        self.messages.row_chosen.connect(self._use_row)
        self.setAcceptDrops(True)

    @property
    @abstractmethod
    def view(self) -> View:
        """The present view, which may take files and texts of its own."""

    @property
    @abstractmethod
    def lectures(self) -> "Lectures":
        """What takes lectures."""

    def open_file(self) -> None:
        """Ask for a file of logits or a lecture, and load it."""
        folder = str(self._settings.value("folder", ""))
        name, _ = QFileDialog.getOpenFileName(self, "Open logits or a lecture", folder, _FILTER)
        if name:
            self._settings.setValue("folder", str(Path(name).parent))
            self.load_file(Path(name))

    def load_file(self, path: Path) -> None:
        """Load a file of logits or a lecture; a problem is said in the message bar and changes nothing."""
        if path.suffix.lower() == ".toml":
            self.lectures.open_path(path)
            return
        try:
            if not self.view.take_file(path):
                self.load_table(read_file(path), path.name)
        except IntakeError as error:
            self.messages.say(about_file(path, error))

    def load_table(self, table: Table, source: str) -> None:
        """Load the first row of a table, and ask for the row if there are several."""
        self._table, self._source = table, source
        if self._use_row(0):
            self.ask_row(table, source)

    def ask_row(self, table: Table, source: str) -> None:
        """Ask which row of a table to show, if there are several; the first one is shown already."""
        self._table, self._source = table, source
        if len(table.rows) > 1:
            self.messages.ask_row(f"{source} has {len(table.rows)} rows of logits; showing row", len(table.rows))
        else:
            self.messages.forget_row()

    def _use_row(self, index: int) -> bool:
        if self._table is None:
            return False
        row, labels = self._table.rows[index], self._table.labels
        try:
            intent = self.session.intent.with_logits(row, labels)
        except IntentError as error:
            self.messages.say(str(error))
            return False
        self.session.load(f"Load {self._source}", intent)
        return True

    def paste(self) -> None:
        """Take logits or a state line from the clipboard."""
        self.load_text(QGuiApplication.clipboard().text(), "The clipboard")

    def load_text(self, text: str, source: str) -> None:
        """Load logits or a state line given as text."""
        try:
            if text.lstrip().startswith("softmax"):
                intent, complaints = from_line(text)
                self.session.load("Load a state line", intent)
                if complaints:
                    self.messages.say(summary(complaints))
            elif not self.view.take_text(text, source):
                self.load_table(parse_text(text), source)
        except (IntakeError, IntentError) as error:
            self.messages.say(str(error))

    def copy_state(self) -> None:
        """Put the state line on the clipboard."""
        QGuiApplication.clipboard().setText(to_line(self.session.intent))
        self.messages.say("The state is on the clipboard as one line of text; paste it here or give it to --state.")

    def save_picture(self) -> None:
        """Ask for a file name and save the window as a picture."""
        name, _ = QFileDialog.getSaveFileName(self, "Save picture", "softmax-explorer.png", "PNG picture (*.png)")
        if name and not self.save_picture_to(Path(name)):
            self.messages.say(f"The picture could not be written to {name}; choose another folder or name.")

    def save_picture_to(self, path: Path) -> bool:
        """Write the window to a picture file; return whether that worked."""
        return self.grab().save(str(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        if data.hasUrls():
            self.load_file(Path(data.urls()[0].toLocalFile()))
        else:
            self.load_text(data.text(), "The text dropped")
