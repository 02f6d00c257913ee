"""Links and kiosks by which people enrol themselves: the texts, the agreements, and the pictures that wait."""

import django.db.models.deletion
import people.records.object_names
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0033_matchable'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='basis',
            name='agreed_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='basis',
            name='agreed_name',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(help_text='What is done with the pictures, what for, how long, who sees it, and whom to ask. Plain words; an empty line begins a new paragraph.', max_length=20000)),
                ('written_at', models.DateTimeField(auto_now_add=True)),
                ('written_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'consent text',
                'ordering': ['-id'],
                'default_permissions': ('view', 'add'),
            },
        ),
        migrations.AddField(
            model_name='basis',
            name='text',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='people.consenttext'),
        ),
        migrations.CreateModel(
            name='Kiosk',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', models.CharField(help_text='Where it stands, such as “reception”.', max_length=200)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(editable=False, null=True)),
                ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at'],
                'default_permissions': ('view', 'add', 'change'),
            },
        ),
        migrations.CreateModel(
            name='EnrolmentLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('name', models.CharField(blank=True, help_text='Whom you send it to. They can correct it.', max_length=200)),
                ('state', models.CharField(choices=[('open', 'not used yet'), ('agreed', 'agreed, no pictures yet'), ('sent', 'waits for approval'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('revoked', 'revoked')], default='open', editable=False, max_length=10)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(editable=False)),
                ('agreed_at', models.DateTimeField(editable=False, null=True)),
                ('sent_at', models.DateTimeField(editable=False, null=True)),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('basis', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='link', to='people.basis')),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, help_text='Empty: somebody new, who is added when you approve.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='enrolment_links', to='people.person')),
                ('text', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='people.consenttext')),
                ('kiosk', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='links', to='people.kiosk')),
            ],
            options={
                'verbose_name': 'enrolment link',
                'ordering': ['-made_at', 'id'],
                'default_permissions': ('view', 'add', 'change'),
            },
        ),
        migrations.CreateModel(
            name='LinkPicture',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('image', models.FileField(max_length=200, upload_to=people.records.object_names.link_picture_name)),
                ('original_name', models.CharField(blank=True, max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='people.enrolmentlink')),
            ],
            options={
                'verbose_name': 'picture sent by a link',
                'verbose_name_plural': 'pictures sent by links',
                'ordering': ['original_name', 'id'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='consent_text_says_something'),
        ),
        migrations.AddConstraint(
            model_name='kiosk',
            constraint=models.CheckConstraint(condition=models.Q(('place', ''), _negated=True), name='kiosk_stands_somewhere'),
        ),
        migrations.AddIndex(
            model_name='enrolmentlink',
            index=models.Index(fields=['state', 'made_at'], name='enrolment_link_state'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentlink',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'agreed', 'sent', 'approved', 'refused', 'withdrawn', 'revoked'])), name='enrolment_link_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentlink',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'revoked']), models.Q(('agreed_at__isnull', False), ('text__isnull', False), models.Q(('name', ''), _negated=True)), _connector='OR'), name='enrolment_link_agreed_first'),
        ),
        migrations.AddConstraint(
            model_name='linkpicture',
            constraint=models.UniqueConstraint(fields=('link', 'sha256'), name='link_picture_once'),
        ),
    ]
