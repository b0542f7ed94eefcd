from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("widgets", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="entry",
            options={"verbose_name": "entry", "verbose_name_plural": "entries"},
        ),
    ]
