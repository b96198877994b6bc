"""The catalogue, for those who run the site: superusers change it, moderators look things up."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Field, Model, QuerySet, URLField
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from products import services
from products.models import (
    Category,
    Deployment,
    Feature,
    Product,
    ProductAlias,
    ProductCategory,
    ProductFeature,
    ProductSource,
    Vendor,
    VendorAlias,
    VendorRepresentative,
)


class CatalogueAdmin(ModelAdmin):
    """Nothing is deleted: a product is hidden, a duplicate is merged, and links to both go on working."""

    list_per_page = 50
    show_full_result_count = False

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing from the address: Django would look it up as it stands, a word as a number too."""
        return {}

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return request.user.is_active and request.user.is_staff

    has_module_permission = has_view_permission

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


class ShownInline(TabularInline):
    extra = 0
    hide_title = True
    can_delete = False

    def has_add_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return bool(request.user.is_staff)


class CategoryInline(TabularInline):
    model = ProductCategory
    extra = 0
    hide_title = True
    autocomplete_fields = ["category"]


class AliasInline(ShownInline):
    model = ProductAlias
    fields = ["slug", "name"]


class SourceInline(ShownInline):
    model = ProductSource
    fields = readonly_fields = ["source", "source_id", "imported_at"]


class FeatureInline(TabularInline):
    """What sources say of features. What follows from the catalogue's records is made anew by the next import."""

    model = ProductFeature
    extra = 0
    hide_title = True
    autocomplete_fields = ["feature"]
    fields = ["feature", "support", "source", "source_url", "note", "stated_on"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductFeature]:
        stated = super().get_queryset(request).filter(is_derived=False)
        return stated.select_related("feature")


class DerivedFeatureInline(ShownInline):
    model = ProductFeature
    verbose_name_plural = "features that follow from the catalogue"
    fields = readonly_fields = ["feature", "support", "source", "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductFeature]:
        derived = super().get_queryset(request).filter(is_derived=True)
        return derived.select_related("feature")


def merge_pair(
    request: HttpRequest, found: QuerySet[Any], merge: Any, noun: str
) -> None:
    """The two chosen rows become the older one."""
    pair = list(found.order_by("pk")[:3])
    if len(pair) != 2:
        messages.error(request, f"Choose exactly two {noun}s to merge.")
        return
    try:
        merge(kept=pair[0], merged=pair[1])
    except services.CatalogueRefused as refused:
        messages.error(request, str(refused))
        return
    messages.success(request, f"{pair[1]} is now part of {pair[0]}.")


@admin.register(Product)
class ProductAdmin(CatalogueAdmin):
    list_display = [
        "name",
        "vendor",
        "status",
        "is_open_source",
        "source",
        "updated_at",
    ]
    list_filter = ["status", "is_open_source", "pricing_model", "source"]
    list_select_related = ["vendor"]
    search_fields = ["name", "=slug", "vendor__name"]
    autocomplete_fields = ["vendor"]
    ordering = ["name"]
    fields = [
        *(
            "name",
            "slug",
            "vendor",
            "status",
            "summary",
            "description",
            "website",
            "repository",
        ),
        *(
            "licence",
            "is_open_source",
            "pricing_model",
            "deployment",
            "source",
            "data_licence",
        ),
    ]
    readonly_fields = ["slug", "source", "data_licence"]
    inlines = [
        CategoryInline,
        FeatureInline,
        DerivedFeatureInline,
        AliasInline,
        SourceInline,
    ]
    actions = ["merge"]

    @admin.action(description="Merge two into the older one", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        merge_pair(request, queryset, services.merge_products, "product")

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "deployment":
            return forms.MultipleChoiceField(
                choices=Deployment.choices,
                required=False,
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Product, form: forms.ModelForm, change: bool
    ) -> None:
        services.save_product(product=obj, changed=form.changed_data)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        services.touch_products([form.instance.pk])
        services.refresh_keywords(product_ids=[form.instance.pk])
        services.refresh_category_counts()


class VendorAliasInline(ShownInline):
    model = VendorAlias
    fields = ["name", "key"]


class RepresentativeInline(ShownInline):
    """Who speaks for a vendor is decided on a claim, with a line in the log; an unknown domain is added above."""

    model = VendorRepresentative
    fields = ["user", "verified_at", "ended_at"]


@admin.register(Vendor)
class VendorAdmin(CatalogueAdmin):
    list_display = ["name", "website", "name_is_derived", "created_at"]
    list_filter = ["name_is_derived"]
    search_fields = ["name", "=slug", "aliases__name"]
    ordering = ["name"]
    fields = ["name", "slug", "website", "description", "email_domains"]
    readonly_fields = ["slug"]
    inlines = [RepresentativeInline, VendorAliasInline]
    actions = ["merge"]

    @admin.action(description="Merge two into the older one", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Vendor]) -> None:
        merge_pair(request, queryset, services.merge_vendors, "vendor")

    def save_model(
        self, request: HttpRequest, obj: Vendor, form: forms.ModelForm, change: bool
    ) -> None:
        services.save_vendor(vendor=obj, changed=form.changed_data)


@admin.register(Category)
class CategoryAdmin(CatalogueAdmin):
    list_display = ["name", "parent", "product_count"]
    list_select_related = ["parent"]
    search_fields = ["name", "=slug", "parent__name"]
    autocomplete_fields = ["parent"]
    ordering = ["name"]
    fields = ["name", "slug", "parent", "description", "product_count"]
    readonly_fields = ["slug", "product_count"]

    def save_model(
        self, request: HttpRequest, obj: Category, form: forms.ModelForm, change: bool
    ) -> None:
        services.save_category(category=obj, changed=form.changed_data)


@admin.register(Feature)
class FeatureAdmin(CatalogueAdmin):
    list_display = ["name", "category", "description", "position"]
    list_select_related = ["category"]
    search_fields = ["name", "=slug", "category__name"]
    autocomplete_fields = ["category"]
    ordering = ["category__name", "position", "name"]
    fields = ["name", "slug", "category", "description", "position"]
    readonly_fields = ["slug"]

    def save_model(
        self, request: HttpRequest, obj: Feature, form: forms.ModelForm, change: bool
    ) -> None:
        services.save_feature(feature=obj, changed=form.changed_data)
