"""Lectures: scenes in a file, how one moves to the next; presenting them is the window's business."""
