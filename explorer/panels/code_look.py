"""How code looks: letters of equal widths, and a colour for each role."""

from PySide6.QtGui import QColor, QFont

from explorer.panels.look import Look


def code_font(look: Look, size: float, bold: bool = False) -> QFont:
    """Return a font of equal widths."""
    font = QFont(look.font(size, bold))
    font.setFamilies(["DejaVu Sans Mono", "Consolas", "Menlo", "Liberation Mono", "Courier New", "monospace"])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    return font


def code_colours(look: Look) -> dict[str, QColor]:
    """Return the colour of each role of code."""
    return {
        "plain": look.colour("text"),
        "keyword": look.colour("accent"),
        "name": look.colour("text"),
        "builtin": look.class_colour(6),
        "number": look.class_colour(8),
        "string": look.class_colour(9),
        "comment": look.colour("muted"),
    }
