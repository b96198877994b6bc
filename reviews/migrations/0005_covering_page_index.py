from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0004_edits_by_name'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('status', 'published')), fields=['product', '-published_at', '-id'], include=('version',), name='review_page'),
        ),
        migrations.RemoveIndex(
            model_name='review',
            name='review_by_product',
        ),
    ]
