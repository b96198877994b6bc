import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from reviews_site.lib.prepared import Prepared, given

WORK_EMAIL_VALID_FOR = timedelta(days=365)
WORK_EMAIL_REMINDER_BEFORE = timedelta(days=30)


class JobFunction(models.TextChoices):
    """The buying centre."""

    IT = "it", "IT"
    ENGINEERING = "engineering", "Engineering"
    SECURITY = "security", "Security"
    OPERATIONS = "operations", "Operations"
    FINANCE = "finance", "Finance"
    HR = "hr", "Human resources"
    SALES = "sales", "Sales"
    MARKETING = "marketing", "Marketing"
    CUSTOMER = "customer", "Customer service"
    PROCUREMENT = "procurement", "Procurement"
    OTHER = "other", "Other"


class Seniority(models.TextChoices):
    C_LEVEL = "c_level", "C-level"
    C_MINUS_1 = "c_minus_1", "One level below C"
    C_MINUS_2 = "c_minus_2", "Two levels below C"
    C_MINUS_3 = "c_minus_3", "Three or more levels below C"


class CompanySize(models.TextChoices):
    S = "1-50", "1–50 employees"
    M = "51-200", "51–200 employees"
    L = "201-1000", "201–1,000 employees"
    XL = "1001-5000", "1,001–5,000 employees"
    XXL = "5001-10000", "5,001–10,000 employees"
    XXXL = "10001+", "More than 10,000 employees"


class Industry(models.TextChoices):
    SOFTWARE = "software", "Software and IT services"
    FINANCE = "finance", "Banking and finance"
    INSURANCE = "insurance", "Insurance"
    HEALTHCARE = "healthcare", "Healthcare"
    PHARMA = "pharma", "Pharmaceuticals and life sciences"
    MANUFACTURING = "manufacturing", "Manufacturing"
    RETAIL = "retail", "Retail and consumer goods"
    TELECOM = "telecom", "Telecommunications"
    ENERGY = "energy", "Energy and utilities"
    TRANSPORT = "transport", "Transport and logistics"
    GOVERNMENT = "government", "Government"
    EDUCATION = "education", "Education"
    MEDIA = "media", "Media and entertainment"
    CONSTRUCTION = "construction", "Construction and real estate"
    NONPROFIT = "nonprofit", "Non-profit"
    PROFESSIONAL = "professional", "Professional services"
    OTHER = "other", "Other"


class UserManager(BaseUserManager["User"]):
    def get(self, *args: Any, **kwargs: Any) -> "User":
        """By the key alone Django asks before each answer to a member: that is SQL written once."""
        # Managers of relations are of classes below this one, and hold fewer rows.
        is_by_key = kwargs.keys() == {"pk"} and isinstance(kwargs["pk"], int)
        if args or not is_by_key or type(self) is not UserManager:
            return super().get(*args, **kwargs)
        found = _BY_KEY.rows({KEY: kwargs["pk"]})
        if not found:
            raise User.DoesNotExist
        names = [field.attname for field in User._meta.concrete_fields]
        return User.from_db(DEFAULT_DB_ALIAS, names, found[0])

    def _create(self, email: str, password: str | None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        Profile.objects.create(user=user)
        return user

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        return self._create(email, password, **fields)

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        """With a confirmed address: whoever may run commands on the server has nothing left to prove by e-mail."""
        with transaction.atomic(using=self._db):
            user = self._create(
                email, password, is_staff=True, is_superuser=True, **fields
            )
            EmailAddress.objects.using(self._db).create(
                user=user, email=user.email, verified=True, primary=True
            )
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(
        "e-mail address", unique=True, help_text="Stored in lower case."
    )
    is_staff = models.BooleanField(
        "moderator", default=False, help_text="May enter the moderation panel."
    )
    is_active = models.BooleanField("active", default=True)
    is_demo = models.BooleanField(
        "demo member", default=False, help_text="Plainly made up, for the demo."
    )
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_email_is_lower_case", condition=Q(email=Lower("email"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


KEY = "{key}"
_BY_KEY = Prepared(
    lambda: User.objects.filter(pk=given(KEY, models.BigIntegerField())).values_list(),
    planned=True,
)


class Profile(models.Model):
    class AcceptsMessages(models.TextChoices):
        EVERYONE = "everyone", "Every verified member"
        LIKE_ME = "like_me", "Verified members like me"
        NOBODY = "nobody", "Nobody"

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    display_name = models.CharField(
        max_length=60,
        blank=True,
        help_text="Shown on what you publish under your name.",
    )
    job_title = models.CharField(max_length=80, blank=True)
    job_function = models.CharField(max_length=20, choices=JobFunction, blank=True)
    seniority = models.CharField(max_length=20, choices=Seniority, blank=True)
    company_name = models.CharField(
        max_length=120, blank=True, help_text="Never shown; helps the moderators."
    )
    company_size = models.CharField(max_length=20, choices=CompanySize, blank=True)
    industry = models.CharField(max_length=20, choices=Industry, blank=True)
    country = models.CharField(
        max_length=2, blank=True, help_text="ISO 3166-1 code of two letters."
    )
    accepts_messages = models.CharField(
        max_length=10,
        choices=AcceptsMessages,
        default=AcceptsMessages.EVERYONE,
        help_text="Who may ask you.",
    )
    time_zone = models.CharField(
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text="IANA name; never shown to anybody else.",
    )

    class Meta:
        indexes = [
            # accounts.coarsening: how many members share the first of these facets, and the next, and so on?
            models.Index(
                fields=[
                    "job_function",
                    "seniority",
                    "company_size",
                    "industry",
                    "country",
                ],
                name="profile_facets",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or "A member"


class WorkEmailQuerySet(models.QuerySet["WorkEmail"]):
    def current(self) -> Self:
        """Verified, not lapsed, and not older than a year."""
        return self.filter(
            verified_at__gt=timezone.now() - WORK_EMAIL_VALID_FOR,
            lapsed_at__isnull=True,
        )

    def too_old(self) -> Self:
        """Verified more than a year ago and not marked as lapsed yet."""
        return self.filter(
            verified_at__lte=timezone.now() - WORK_EMAIL_VALID_FOR,
            lapsed_at__isnull=True,
        )

    def lapsing(self) -> Self:
        """Current, and not for longer than 30 days, and nobody has been told yet."""
        since = timezone.now() - WORK_EMAIL_VALID_FOR + WORK_EMAIL_REMINDER_BEFORE
        return self.current().filter(verified_at__lte=since, reminded_at__isnull=True)


class WorkEmail(models.Model):
    """An address at a member's employer; its domain shows where they work, the address is never published."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="work_emails")
    address = models.EmailField(help_text="Stored in lower case.")
    domain = models.CharField(
        max_length=253, help_text="The registrable domain, such as example.co.uk."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When its owner was told that it lapses in 30 days.",
    )

    objects = WorkEmailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "address"], name="one_work_email_per_user_and_address"
            ),
            # One mailbox proves one member.
            models.UniqueConstraint(
                fields=["address"],
                name="one_member_per_verified_work_email",
                condition=Q(verified_at__isnull=False, lapsed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="work_email_is_lower_case", condition=Q(address=Lower("address"))
            ),
        ]
        indexes = [
            # reviews.permissions asks for the current domains of a member.
            models.Index(
                "user",
                "verified_at",
                name="work_email_current",
                condition=Q(lapsed_at__isnull=True),
            ),
            # reviews.signals: who else works there?
            models.Index(
                "domain",
                "user",
                name="work_email_domain",
                condition=Q(verified_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"work e-mail {self.public_id}"

    @property
    def lapses_at(self) -> datetime | None:
        return self.verified_at and self.verified_at + WORK_EMAIL_VALID_FOR

    @property
    def has_lapsed(self) -> bool:
        """Because its year is over, and not because it was taken away before."""
        ended = self.lapsed_at or timezone.now()
        return self.lapses_at is not None and self.lapses_at <= ended

    @property
    def lapses_soon(self) -> bool:
        return (
            self.lapses_at is not None
            and self.is_current
            and self.lapses_at <= timezone.now() + WORK_EMAIL_REMINDER_BEFORE
        )

    @property
    def is_current(self) -> bool:
        """As WorkEmailQuerySet.current(), for a row that is loaded already."""
        return (
            self.lapsed_at is None
            and self.verified_at is not None
            and self.verified_at > timezone.now() - WORK_EMAIL_VALID_FOR
        )


class ApiToken(models.Model):
    """A member's key for the API; only its SHA-256 is stored, the key is shown once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """What a client of the API called a request that it may repeat, and what came of it; see accounts.idempotency."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="idempotency_keys"
    )
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    result = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="one_request_per_user_and_key"
            )
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class Erasure(models.Model):
    """That somebody was erased, so that a backup made before doesn't bring them back; see accounts.ledger."""

    user_digest = models.CharField(max_length=64, unique=True, editable=False)
    keep_published = models.BooleanField()
    erased_at = models.DateTimeField(default=timezone.now, editable=False)
    # When it was written into the ledger outside the database.
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # ledger.write_waiting(), asked by each sweep.
            models.Index(
                fields=["id"],
                name="erasure_unwritten",
                condition=Q(written_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
