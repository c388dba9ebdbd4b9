"""The composition root: puts session and window together, runs with or without a screen, can quit by itself."""

import gc
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli import Request, build_intent, build_lecture
from explorer.errors import UsageError

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from explorer.session.lecture.scene import Lecture
    from explorer.window.main_window import MainWindow

_ROUNDS = 4  # of events, until every part of a window has found its size

# Shared libraries that Qt needs from the system, and the Debian and Ubuntu packages that bring them.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor0": "libxcb-cursor0",
}


def run(request: Request) -> int:
    """Do what was asked for: open the window and return when it closes, or render a picture. Return the exit status."""
    # One BLAS thread: the arrays are small, idle threads cost start-up time and stalls.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()  # until the first frame: nothing made before it is garbage
    try:
        return _run(request)
    finally:
        gc.enable()


def _run(request: Request) -> int:
    opened = build_lecture(request)
    if opened is None:
        intent, notes = build_intent(request)  # brings in NumPy; after PySide6 its import would be slower
    else:
        lecture, index, notes = opened
        intent = lecture.scenes[index].intent
    start = _Start(request)
    application = start.application()
    from explorer.session.intake_files import read_file
    from explorer.session.session import Session
    from explorer.session.state_line import summary
    from explorer.startup import AfterFirstFrame
    from explorer.window.main_window import MainWindow

    theme, scale = request.theme, request.scale
    if request.renders and opened is not None:  # as on a projector
        theme, scale = theme or "light", scale or 1.5
    window = MainWindow(Session(intent), start.settings(), theme, scale)
    after = AfterFirstFrame(window)
    if request.renders:
        for note in notes:
            print(note, file=sys.stderr)
    if request.out is not None:
        if opened is not None:
            window.lectures.pose(lecture, index)
        return render(window, request.out, request.size)
    if opened is not None and request.out_dir is not None:
        return render_scenes(window, lecture, request.out_dir, request.size, None if request.scene is None else index)
    if start.screenless:
        print(start.why, file=sys.stderr)
        return _render_somewhere(window, request.size)
    window.restore_geometry()
    if opened is not None:
        window.lectures.open_read(lecture, index)
    window.show()
    if notes:
        window.messages.say(summary(notes))
    if opened is None and request.file is not None and request.row is None:
        window.ask_row(read_file(request.file), request.file.name)
    if request.quit_after is not None:
        from PySide6.QtCore import QTimer

        QTimer.singleShot(request.quit_after, application.quit)
    else:
        after.then = _Keep(window, summary(notes) if notes else "")
    return application.exec()


class _Keep:
    """Keeps the log and where the person is in the app's folder; a run that quits by itself touches neither."""

    def __init__(self, window: "MainWindow", said: str) -> None:
        self._window, self._said = window, said

    def __call__(self) -> None:
        from PySide6.QtCore import QStandardPaths

        from explorer import logbook

        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
        if folder:
            logbook.folder = Path(folder)
            sys.excepthook = logbook.log_uncaught
            self._window.keep_place(Path(folder), self._said)


class _Start:
    """Makes the QApplication, and knows whether there is a screen."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.screenless = False
        self.why = ""
        self._said: list[str] = []

    def application(self) -> "QApplication":
        """Return the QApplication: on the screen, or off it when there is none or a picture was asked for."""
        asked = os.environ.get("QT_QPA_PLATFORM", "")
        if self._request.renders:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        elif not asked and sys.platform.startswith("linux"):
            os.environ["QT_QPA_PLATFORM"] = self._platforms()
        try:
            from PySide6.QtCore import qInstallMessageHandler
            from PySide6.QtWidgets import QApplication
        except ImportError as error:
            raise UsageError(_missing_library(str(error))) from None
        qInstallMessageHandler(self._note)
        try:
            found = QApplication.instance()
            application = found if isinstance(found, QApplication) else QApplication(["softmax-explorer"])
        finally:
            qInstallMessageHandler(None)
        if application.platformName() == "offscreen":
            qInstallMessageHandler(_pass_on)
        application.setApplicationName("Softmax Explorer")
        application.setOrganizationName("Softmax Explorer")
        application.setStyle("Fusion")
        wanted_screen = not self._request.renders and asked != "offscreen"
        if wanted_screen and application.platformName() == "offscreen":
            self.screenless, self.why = True, self._reason()
        return application

    @staticmethod
    def _platforms() -> str:
        """Return Qt's platforms to try in turn; off-screen last, where Qt alone would abort."""
        found = []
        if os.environ.get("WAYLAND_DISPLAY"):
            found.append("wayland")
        if os.environ.get("DISPLAY"):
            found.append("xcb")
        return ";".join([*found, "offscreen"])

    def _note(self, kind: object, context: object, message: str) -> None:
        self._said.append(message)

    def _reason(self) -> str:
        said = " ".join(self._said)
        # Qt names libxcb-cursor0 after any failure of its xcb plugin, so ask first whether the display answered.
        if "could not connect to display" in said:
            return "The display cannot be opened, so there is no window; here is a picture instead."
        for library, package in _PACKAGES.items():
            if library in said:
                return f"No window can open: the system library {library} is missing; install the package {package}."
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            return "The display cannot be opened, so there is no window; here is a picture instead."
        return "There is no display, so there is no window; here is a picture instead."

    def settings(self) -> "QSettings":
        """Return the remembered settings; a rendered picture depends on none."""
        from PySide6.QtCore import QSettings

        if self._request.renders or self.screenless:
            return QSettings(str(Path(tempfile.gettempdir(), "none")), QSettings.Format.IniFormat)
        return QSettings()


def _pass_on(kind: object, context: object, message: str) -> None:
    """Print Qt's messages, but for the one that the off-screen platform prints for every window."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def render(window: "MainWindow", out: Path, size: tuple[int, int]) -> int:
    """Draw the window into a picture file; return the exit status."""
    from PySide6.QtWidgets import QApplication

    if out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise UsageError(f"The picture {out} needs a name that ends in .png or .jpg.")
    window.resize(*size)
    window.show()
    QApplication.processEvents()
    window.view.settle()
    QApplication.processEvents()
    if not window.save_picture_to(out):
        raise UsageError(f"The picture cannot be written to {out}; choose a folder that exists and can be written to.")
    window.close()
    return 0


def render_scenes(
    window: "MainWindow", lecture: "Lecture", folder: Path, size: tuple[int, int], only: int | None = None
) -> int:
    """Draw a picture of each scene, or of one, into a folder, and name each on stdout; return the exit status."""
    from PySide6.QtWidgets import QApplication

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UsageError(f"The folder {folder} cannot be made; choose another one.") from None
    window.resize(*size)
    window.show()
    for k, scene in enumerate(lecture.scenes):
        if only not in (None, k):
            continue
        window.lectures.pose(lecture, k)
        window.session.undo_stack.clear()  # a picture shows the scene, not how we came there
        for _ in range(_ROUNDS):
            QApplication.processEvents()
        window.view.settle()
        QApplication.processEvents()
        out = folder / f"{k + 1:02}-{scene.file_name}.png"
        if not window.save_picture_to(out):
            raise UsageError(f"The picture cannot be written to {out}; choose a folder that can be written to.")
        print(out)
    window.close()
    return 0


def _render_somewhere(window: "MainWindow", size: tuple[int, int]) -> int:
    """Draw the picture into the present folder, or where that cannot be, the folder for temporary files; name it."""
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        out = folder / "softmax-explorer.png"
        try:
            render(window, out, size)
        except UsageError:
            continue
        print(out)
        return 0
    raise UsageError("Nor can a picture be written here; try softmax-explorer render --out with a folder of yours.")


def _missing_library(text: str) -> str:
    for library, package in _PACKAGES.items():
        if library in text:
            return f"Qt needs the system library {library}: install the package {package} and start again."
    return f"Qt cannot be loaded ({text}); install softmax-explorer afresh."
