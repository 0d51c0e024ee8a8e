"""The verbs of the map and of who answers for it."""

from .drawing import add_grid, change_grid
from .importing import exported, take_in
from .leaves import end_leave, take_leave
from .posts import end_post, post, post_many

__all__ = [
    "add_grid",
    "change_grid",
    "end_leave",
    "end_post",
    "exported",
    "post",
    "post_many",
    "take_in",
    "take_leave",
]
