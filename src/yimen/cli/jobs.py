"""`./yimen jobs`: how the queues stand, which jobs are dead; `--again` puts the dead ones back."""

from __future__ import annotations

import argparse

HELP = "后台任务：积压多少，哪些多次失败；--again 让失败的再试"
HELP_EN = "how the queues stand and which jobs failed too often; --again tries those once more"
GROUP = "care"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--again", action="store_true", help="失败的全部放回队列 / put every dead job back into its queue"
    )


def run(args: argparse.Namespace) -> int:
    """1 while jobs are dead, else 0."""
    from yimen.jobs import actions, queries

    dead = queries.dead()
    if args.again:
        done = sum(actions.again(job.id) for job in dead)
        print(f"已放回 {done} 个 / {done} put back")
        return 0
    for queue in queries.queues():
        age = f"{queue.oldest.total_seconds():.0f} s"
        print(f"{queue.name}: {queue.waiting} 个在等 / waiting, 最久 / oldest {age}")
    for job in dead:
        print(f"✗ {job.id} {job.name} · {job.tries} 次 / tries · {job.at:%Y-%m-%d %H:%M}Z")
    if not dead:
        print("没有失败的任务 / no dead jobs")
    return 1 if dead else 0
