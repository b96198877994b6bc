import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone


class PricingModel(models.TextChoices):
    FREE = "free", "Free"
    FREEMIUM = "freemium", "Free tier, then paid"
    SUBSCRIPTION = "subscription", "Subscription"
    USAGE = "usage", "By usage"
    LICENCE = "licence", "One-off licence"
    QUOTE = "quote", "On request"
    UNKNOWN = "", "Not known"


class Deployment(models.TextChoices):
    SAAS = "saas", "Cloud service"
    SELF_HOSTED = "self_hosted", "Self-hosted"
    HYBRID = "hybrid", "Hybrid"
    DESKTOP = "desktop", "Desktop"
    APPLIANCE = "appliance", "Appliance"


class Category(models.Model):
    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    description = models.TextField(blank=True)
    product_count = models.PositiveIntegerField(
        default=0,
        help_text="Active products in it and below; written by products.services.refresh_category_counts.",
    )

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                F("parent"),
                name="one_category_per_name_and_parent",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="category_is_not_its_own_parent", condition=~Q(parent=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("research:category", args=[self.slug])


class Vendor(models.Model):
    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=160)
    website = models.URLField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    name_is_derived = models.BooleanField(
        default=False,
        help_text="Made from an address or a product's name; the first source that states the name replaces it.",
    )
    email_domains = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        help_text="Registrable domains; a member with a work e-mail there is an insider.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            # products.permissions: whose insider is a member with this domain?
            GinIndex(fields=["email_domains"], name="vendor_domains"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("products:vendor", args=[self.slug])


class VendorAlias(models.Model):
    """A spelling under which a source names a vendor; `key` is what importers.names.vendor_key makes of it."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=160)
    key = models.CharField(max_length=160, unique=True)

    class Meta:
        verbose_name_plural = "vendor aliases"

    def __str__(self) -> str:
        return self.name


class VendorRepresentativeQuerySet(models.QuerySet["VendorRepresentative"]):
    def current(self) -> Self:
        return self.filter(verified_at__isnull=False, ended_at__isnull=True)


class VendorRepresentative(models.Model):
    vendor = models.ForeignKey(
        Vendor, on_delete=models.CASCADE, related_name="representatives"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="represents"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = VendorRepresentativeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "user"], name="one_representative_per_vendor_and_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.vendor} representative {self.pk}"


class VendorClaim(models.Model):
    """A member says that they speak for a vendor: an address at its domain shows it, a moderator looks."""

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Address not confirmed"
        PENDING = "pending", "Waiting for a moderator"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN = (Status.UNCONFIRMED, Status.PENDING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="claims")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vendor_claims"
    )
    address = models.EmailField(help_text="Stored in lower case; never shown.")
    domain = models.CharField(max_length=253)
    role = models.CharField(max_length=80, help_text="What they do at the vendor.")
    note = models.TextField(max_length=1000, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNCONFIRMED)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "user"],
                name="one_open_claim_per_vendor_and_user",
                condition=Q(status__in=["unconfirmed", "pending"]),
            ),
            models.CheckConstraint(
                name="pending_claim_has_confirmed_address",
                condition=~Q(status__in=["pending", "approved"])
                | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"claim {self.public_id}"


class Invitation(models.Model):
    """Who asks for reviews of which product. One link for everybody asked, so that nobody can be chosen by rating."""

    class Inviter(models.TextChoices):
        VENDOR = "vendor", "The vendor"
        SITE = "site", "This site"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(
        "Product", on_delete=models.CASCADE, related_name="invitations"
    )
    inviter = models.CharField(max_length=10, choices=Inviter, default=Inviter.VENDOR)
    incentive = models.CharField(
        max_length=120,
        blank=True,
        help_text="What is promised to everybody whatever they write; empty for nothing.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:invitation", args=[self.public_id])


class WeightedVector(Func):
    """The words of a column as a weighted tsvector, without accents.

    unaccent() is not immutable, so a generated column can't use it.
    """

    output_field = SearchVectorField()
    template = (
        "setweight(to_tsvector('english'::regconfig, "
        "regexp_replace(normalize(%(expressions)s, NFKD), '[\\u0300-\\u036f]', '', 'g')), '%(weight)s')"
    )


class NameWords(Func):
    """Of a product's `search_vector`, what stands in its name."""

    output_field = SearchVectorField()
    template = "ts_filter(%(expressions)s, '{a}')"


class ProductQuerySet(models.QuerySet["Product"]):
    def visible(self) -> Self:
        """What the public sees: pages, API, search and feeds all start here."""
        return self.filter(status=Product.Status.ACTIVE)


class Product(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        DISCONTINUED = "discontinued", "Discontinued"
        HIDDEN = "hidden", "Hidden"

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, related_name="products"
    )
    categories: models.ManyToManyField = models.ManyToManyField(
        Category, through="ProductCategory", related_name="products"
    )
    summary = models.CharField(max_length=200, blank=True, help_text="One line.")
    description = models.TextField(blank=True)
    keywords = models.TextField(
        blank=True,
        help_text="Vendor, categories and other names as search words; written by products.services.",
    )
    website = models.URLField(max_length=500, blank=True)
    repository = models.URLField(max_length=500, blank=True)
    licence = models.CharField(
        max_length=100, blank=True, help_text="SPDX identifier where known."
    )
    is_open_source = models.BooleanField(null=True, blank=True)
    pricing_model = models.CharField(
        max_length=20, choices=PricingModel, blank=True, default=""
    )
    deployment = ArrayField(
        models.CharField(max_length=20, choices=Deployment), default=list, blank=True
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE)
    source = models.CharField(
        max_length=50, blank=True, help_text="Where an import took it from."
    )
    source_id = models.CharField(
        max_length=250, blank=True, help_text="All that describe it: ProductSource."
    )
    facts = models.JSONField(
        default=dict, blank=True, help_text="What else the source states, by name."
    )
    data_licence = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(
        default=timezone.now, help_text="Part of the key of cached fragments."
    )
    search_vector = models.GeneratedField(
        expression=Func(
            WeightedVector("name", weight="A"),
            WeightedVector("keywords", weight="B"),
            WeightedVector("summary", weight="C"),
            WeightedVector("description", weight="D"),
            template="(%(expressions)s)",
            arg_joiner=" || ",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            # search: words.
            GinIndex(fields=["search_vector"], name="product_search"),
            # search: words of names, which come first.
            GinIndex(NameWords("search_vector"), name="product_name_words"),
            # search: misspelt names.
            GinIndex(
                OpClass(Lower("name"), name="gin_trgm_ops"),
                name="product_name_trigrams",
            ),
            # search: prefixes.
            models.Index(
                OpClass(Lower("name"), name="text_pattern_ops"),
                name="product_name_prefix",
            ),
            # The product list by name, page by key.
            models.Index(
                "name", "id", name="product_by_name", condition=Q(status="active")
            ),
            GinIndex(fields=["deployment"], name="product_deployment"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.slug])


class FrequentWord(models.Model):
    """One that so many products hold that the search finds enough of them sooner without the index of words."""

    lexeme = models.TextField(
        primary_key=True, help_text="As Postgres writes a tsquery of it."
    )

    def __str__(self) -> str:
        return self.lexeme


class ProductCategory(models.Model):
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="product_categories"
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, related_name="product_categories"
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="0 is the primary category."
    )

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "product categories"
        constraints = [
            models.UniqueConstraint(
                fields=["product", "category"], name="one_row_per_product_and_category"
            ),
            models.UniqueConstraint(
                fields=["product", "position"],
                name="one_category_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.category_id}"


class ProductAlias(models.Model):
    """A slug of a merged or renamed product; its address redirects."""

    slug = models.SlugField(max_length=120, unique=True)
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="aliases"
    )
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "product aliases"

    def __str__(self) -> str:
        return self.slug


class ProductSource(models.Model):
    """What one source states about a product; several sources may describe the same one."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="sources"
    )
    source = models.CharField(
        max_length=120, help_text="The file's name, and the source that it names in it."
    )
    source_id = models.CharField(max_length=250)
    digest = models.CharField(
        max_length=64,
        help_text="SHA-256 of the record: the same again changes nothing.",
    )
    record = models.JSONField(default=dict)
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="one_row_per_source_and_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class Feature(models.Model):
    """Something that buyers of a category ask for, worded so that the answer is yes, partly or no."""

    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="features",
        help_text="Asked of the products in it and below; empty: of all products.",
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ProductFeature(models.Model):
    """What one source says of one feature; two sources may disagree, and both are shown."""

    class Support(models.TextChoices):
        YES = "yes", "Yes"
        PARTLY = "partly", "Partly"
        NO = "no", "No"

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="features"
    )
    feature = models.ForeignKey(
        Feature, on_delete=models.CASCADE, related_name="product_features"
    )
    support = models.CharField(max_length=10, choices=Support)
    source = models.CharField(max_length=120, help_text="Who says so; shown beside it.")
    source_url = models.URLField(max_length=500, blank=True)
    note = models.CharField(max_length=200, blank=True)
    stated_on = models.DateField(null=True, blank=True)
    is_derived = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Follows from a record of the catalogue; made anew by products.services.refresh_features.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "feature", "source"],
                name="one_statement_per_product_feature_and_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.feature_id}: {self.support}"
