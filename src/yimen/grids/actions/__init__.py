"""The verbs of the map and of who answers for it."""

from .drawing import add_grid
from .leaves import end_leave, take_leave
from .posts import end_post, post, post_many

__all__ = ["add_grid", "end_leave", "end_post", "post", "post_many", "take_leave"]
