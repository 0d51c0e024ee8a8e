"""What happened, in the order in which it became known; and the chain that proves it was not changed later."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """One thing that happened: history, outbox and statistics in one row.

    Written only by `actions.append`, in the business transaction; a trigger refuses every change after.
    Ids are not in commit order: read on by the chain's number (`queries.after`), never by id.
    """

    kind = models.TextField()
    subject = models.TextField(help_text='which kind of thing it happened to: "case", "user", …')
    subject_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True, help_text="no foreign key: this room lies below the people")
    actor_label = models.TextField(blank=True, default="")
    via = models.TextField()
    at = models.DateTimeField(help_text="when it happened; earlier than recorded_at for late paper")
    recorded_at = models.DateTimeField(db_default=Now(), help_text="when the database took it in")
    payload = models.JSONField(default=dict, help_text="state in plain; no personal field")
    sealed = models.BinaryField(null=True, help_text="personal fields, encrypted under the case's key")
    origin = models.BinaryField(help_text="nonce and HMAC of the application over what it wrote")

    class Meta:
        db_table = "ledger_entry"
        indexes = [
            models.Index(fields=["subject", "subject_id", "id"], name="ledger_entry_of_subject"),
            BrinIndex(fields=["recorded_at"], name="ledger_entry_recorded", pages_per_range=32),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="") & ~models.Q(subject=""), name="ledger_entry_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.subject_id}"


class Link(models.Model):
    """The number of one committed entry, gapless from 1, and its HMAC over number, previous HMAC and entry."""

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    mac = models.BinaryField()

    class Meta:
        db_table = "ledger_chain"

    def __str__(self) -> str:
        return f"{self.seq} → {self.entry_id}"


class Pending(models.Model):
    """An entry that has no number yet. A trigger writes it with the entry; the sequencer takes it away."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "ledger_pending"

    def __str__(self) -> str:
        return str(self.entry_id)
