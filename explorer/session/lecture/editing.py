"""Changing a lecture: pure functions from one frozen lecture to the next."""

from typing import Any

from explorer.session.intent import Intent
from explorer.session.lecture.scene import LENGTHS, Lecture, Scene


def started(intent: Intent) -> Lecture:
    """Return a new lecture with one scene of a state."""
    return Lecture("My lecture", (_scene(intent, "Scene 1"),))


def captured(lecture: Lecture, index: int, intent: Intent) -> Lecture:
    """Return the lecture with a scene of a state put behind the one at index."""
    titles = {scene.title for scene in lecture.scenes}
    k = len(lecture.scenes) + 1
    while f"Scene {k}" in titles:
        k += 1
    scenes = lecture.scenes
    return lecture.with_changes(scenes=(*scenes[: index + 1], _scene(intent, f"Scene {k}"), *scenes[index + 1 :]))


def _scene(intent: Intent, title: str) -> Scene:
    return Scene(title=title[: LENGTHS["title"]], intent=intent)


def edited(lecture: Lecture, index: int, **fields: Any) -> Lecture:
    """Return the lecture with some fields of a scene changed. Raises LectureError for what cannot be."""
    scenes = lecture.scenes
    return lecture.with_changes(scenes=(*scenes[:index], scenes[index].with_changes(**fields), *scenes[index + 1 :]))


def moved(lecture: Lecture, index: int, to: int) -> Lecture:
    """Return the lecture with a scene at another place."""
    scenes = list(lecture.scenes)
    scenes.insert(to, scenes.pop(index))
    return lecture.with_changes(scenes=tuple(scenes))


def removed(lecture: Lecture, index: int) -> Lecture:
    """Return the lecture without a scene. Raises LectureError for the last one left."""
    return lecture.with_changes(scenes=(*lecture.scenes[:index], *lecture.scenes[index + 1 :]))
