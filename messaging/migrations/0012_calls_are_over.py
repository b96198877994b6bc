from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0011_contacts_in_open_conversations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="callproposal",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "Proposed"),
                    ("accepted", "Agreed"),
                    ("countered", "Answered with other times"),
                    ("declined", "Declined"),
                    ("cancelled", "Called off"),
                    ("expired", "Expired"),
                    ("past", "Over"),
                ],
                default="proposed",
                max_length=10,
            ),
        ),
    ]
