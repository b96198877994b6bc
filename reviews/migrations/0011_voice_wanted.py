from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reviews", "0010_research"),
    ]

    operations = [
        migrations.AddField(
            model_name="productvoice",
            name="wanted_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Since then reviews have changed; null: all is counted.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="vendorvoice",
            name="wanted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="productvoice",
            index=models.Index(
                condition=models.Q(("wanted_at__isnull", False)),
                fields=["wanted_at"],
                name="product_voice_wanted",
            ),
        ),
        migrations.AddIndex(
            model_name="vendorvoice",
            index=models.Index(
                condition=models.Q(("wanted_at__isnull", False)),
                fields=["wanted_at"],
                name="vendor_voice_wanted",
            ),
        ),
    ]
