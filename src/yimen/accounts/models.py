"""People who log in: staff only. Residents never have an account."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


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
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "sign_in"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "工作人员"

    def __str__(self) -> str:
        return self.name

    # The framework asks these; permission here is never a flag on a person but a grant with a period.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False
