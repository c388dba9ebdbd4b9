"""The two themes as tokens, and the palette that Qt's own widgets (menus, dialogs) take from them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from explorer.panels.look import Colours, Look

# After Okabe and Ito's palette for colour-blind readers, with four more that differ from it in lightness too.
_ON_LIGHT = (
    "#56b4e9", "#e69f00", "#2dbf8f", "#cc79a7", "#e3d532", "#0072b2",
    "#d55e00", "#8a93a3", "#7a4fa3", "#117733", "#8c564b", "#999933",
)  # fmt: skip
_ON_DARK = (
    "#56b4e9", "#e69f00", "#2dbf8f", "#cc79a7", "#f0e442", "#3f86c9",
    "#e8702a", "#9aa3b2", "#a07fd0", "#3fa35c", "#b98572", "#b5b552",
)  # fmt: skip

LIGHT = Colours(
    name="light",
    ground="#f2f4f8",
    card="#ffffff",
    border="#d9dee7",
    field="#ffffff",
    text="#17202b",
    muted="#596475",
    grid="#e7eaf0",
    axis="#9aa4b2",
    hover="#f0f4fa",
    track="#dfe4ec",
    accent="#1668d6",
    on_accent="#ffffff",
    warning="#8a4b00",
    positive="#f08044",
    negative="#3b8ee6",
    neutral="#f1f3f6",
    classes=_ON_LIGHT,
)

DARK = Colours(
    name="dark",
    ground="#0e1116",
    card="#171b22",
    border="#2a313b",
    field="#12161c",
    text="#e9eef5",
    muted="#98a3b3",
    grid="#252b34",
    axis="#5a6675",
    hover="#1f252e",
    track="#2c333d",
    accent="#57a2ff",
    on_accent="#0b1220",
    warning="#ffb454",
    positive="#f0854a",
    negative="#4a95ea",
    neutral="#20262f",
    classes=_ON_DARK,
)

THEMES = ("system", "light", "dark")


def colours_for(theme: str) -> Colours:
    """Return the colours of a theme; ``system`` follows the desktop."""
    if theme == "system":
        hints = QGuiApplication.styleHints()
        return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return DARK if theme == "dark" else LIGHT


def palette(look: Look) -> QPalette:
    """Return the palette for widgets that Qt paints itself."""
    role, result = QPalette.ColorRole, QPalette()
    pairs = {
        role.Window: "card",
        role.WindowText: "text",
        role.Base: "field",
        role.AlternateBase: "hover",
        role.Text: "text",
        role.Button: "card",
        role.ButtonText: "text",
        role.ToolTipBase: "card",
        role.ToolTipText: "text",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.PlaceholderText: "muted",
        role.Link: "accent",
    }
    for key, token in pairs.items():
        result.setColor(key, look.colour(token))
    grey = QColor(look.colours.muted)
    grey.setAlpha(150)
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, grey)
    return result
