"""People who log in: staff only. Residents never have an account."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from .tokens import SCOPES


class UserManager(BaseUserManager["User"]):
    """Creates accounts; no superuser exists here, roles come from `access`."""

    def create_user(self, sign_in: str, name: str, password: str | None = None, **extra: object) -> User:
        user = self.model(sign_in=sign_in, name=name, **extra)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(sign_in=username)


class User(AbstractBaseUser):
    """One member of staff. `sign_in` is what is typed, `name` what others read."""

    sign_in = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    email = models.EmailField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False, help_text="exists only in a home created as a demonstration")
    language = models.CharField(max_length=8, blank=True, default="")
    text_size = models.PositiveSmallIntegerField(
        default=100, choices=[(100, "100 %"), (125, "125 %"), (150, "150 %")]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "sign_in"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "工作人员"
        constraints = [models.UniqueConstraint(Lower("sign_in"), name="sign_in_once_in_any_case")]

    def __str__(self) -> str:
        return self.name

    # The framework asks these; permission here is never a flag on a person but a grant with a period.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class StaffSession(models.Model):
    """One signed-in browser. Beside Django's session row so that its owner can see it and end it.

    `last_seen` is exact to half a minute: it is written at most that often.
    """

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=120, blank=True, default="")
    started_at = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.address}"


class Invitation(models.Model):
    """A one-time link by which a person sets their password. Only the SHA-256 of its token is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    removes_factors = models.BooleanField(
        default=False, help_text="the only administrator lost the second factor"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invitation_expires_later"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at__isnull=True), name="one_open_invitation"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.user_id}"


class MfaReset(models.Model):
    """A lost second factor, taken away by two people: one asks with a reason, another confirms or refuses."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("user"))
                & (
                    Q(confirmed_by__isnull=True)
                    | (~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("asked_by")))
                ),
                name="mfa_reset_three_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, withdrawn_at__isnull=True),
                name="mfa_reset_confirmed_whole",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_mfa_reset",
            ),
        ]

    def __str__(self) -> str:
        return f"reset for {self.user_id}"


class LinkRequest(models.Model):
    """A lost password: one administrator asks for a one-time link, somebody of another role confirms and gets it.

    `asked_as` and `confirmed_as` are codes of roles; the two must differ. This room does not know roles: the door says.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=16)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_as = models.CharField(max_length=16, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("user"))
                & (
                    Q(confirmed_by__isnull=True)
                    | (
                        ~Q(confirmed_by=F("user"))
                        & ~Q(confirmed_by=F("asked_by"))
                        & ~Q(confirmed_as=F("asked_as"))
                    )
                ),
                name="link_request_three_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, withdrawn_at__isnull=True),
                name="link_request_confirmed_whole",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_link_request",
            ),
        ]

    def __str__(self) -> str:
        return f"link for {self.user_id}"


class Token(models.Model):
    """A machine's key to the API. It acts as its person, within its scopes, until it expires or is ended.

    Only the SHA-256 of the token is kept. One that an administrator issued has none until its person collects it:
    nobody can hand themselves the key of somebody else.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=12))
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    hint = models.CharField(max_length=16, blank=True, default="")
    issued_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="null: the operator",
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    per_minute = models.PositiveIntegerField(default=600, help_text="requests a minute; 0: no limit")
    minute = models.BigIntegerField(default=0, help_text="minutes since 1970 that `taken` counts")
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="token_expires_later"),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="token_has_scopes"),
            models.CheckConstraint(
                condition=Q(digest__isnull=True, collected_at__isnull=True)
                | Q(digest__isnull=False, collected_at__isnull=False),
                name="token_collected_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}"

    @property
    def uses(self) -> list[str]:
        """What it may be used for, as people read it."""
        return [str(SCOPES.get(scope, scope)) for scope in self.scopes]


class TokenTry(models.Model):
    """Requests with a token that does not hold, by address (of IPv6 the /64) and quarter of an hour."""

    address = models.CharField(max_length=45)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "since"], name="token_tries_once")]

    def __str__(self) -> str:
        return f"{self.address} {self.count}"
