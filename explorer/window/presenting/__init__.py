"""Presenting: lectures in the window: caption, questions, keys, the lecturer's own window. Loaded on first use."""
