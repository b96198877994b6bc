from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="outgoingemail",
            name="thread",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What mail programs group it by; links.thread_id().",
                max_length=200,
            ),
        ),
    ]
