"""Strangers, the ledger of identity edits, and what sightings keep of both. Scans no table.

The indexes and the validation of the constraints follow in 0021, outside of a transaction.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
import pgvector.django.vector
import uuid
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0025_gallery_changes_of_engines'),
        ('streams', '0019_leases_in_place'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Stranger',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(blank=True, null=True, unique=True)),
                ('state', models.CharField(choices=[('open', 'open'), ('ignored', 'ignored'), ('named', 'named'), ('joined', 'joined with another')], default='open', max_length=10)),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('sightings', models.PositiveIntegerField(default=0)),
                ('resembles_distance', models.FloatField(blank=True, null=True)),
                ('into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='joined', to='streams.stranger')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='strangers', to='people.person')),
                ('resembles', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='resembled_by', to='streams.stranger')),
            ],
            options={
                'ordering': ['-last_seen_at', '-id'],
                'permissions': [('edit_strangers', 'Can name, join, split, ignore and forget strangers')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='StrangerDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AlterModelOptions(
            name='sighting',
            options={'ordering': ['-first_seen_at', '-id'], 'permissions': [('search_sightings', 'Can search sightings by a face'), ('correct_sighting', 'Can say who a sighting is, or is not')]},
        ),
        migrations.AddField(
            model_name='sighting',
            name='is_no_face',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='sighting',
            name='machine_person',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='sighting',
            name='machine_verdict',
            field=models.CharField(blank=True, choices=[('match', 'known'), ('review', 'to review'), ('unknown', 'unknown')], max_length=10, null=True),
        ),
        migrations.AddField(
            model_name='sighting',
            name='stranger_due',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='IdentityEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('who', models.CharField(max_length=400)),
                ('page', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(choices=[('is', 'corrected who it is'), ('is_not', 'said who it is not'), ('no_face', 'said that it is no face'), ('confirm', 'confirmed who it is'), ('name', 'named a stranger'), ('is_somebody', 'said which person a stranger is'), ('join', 'joined two strangers'), ('different', 'said that two strangers are different people'), ('split', 'split a stranger'), ('ignore', 'ignored a stranger'), ('unignore', 'stopped ignoring a stranger'), ('forget', 'forgot a stranger'), ('merge_people', 'merged two people'), ('undo', 'undid an edit')], max_length=12)),
                ('person', models.UUIDField(null=True)),
                ('other_person', models.UUIDField(null=True)),
                ('stranger', models.UUIDField(null=True)),
                ('other_stranger', models.UUIDField(null=True)),
                ('detail', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('working', 'being worked on'), ('done', 'done')], default='done', max_length=10)),
                ('cursor', models.BigIntegerField(null=True)),
                ('total', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='streams.identityedit')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'default_permissions': ('view',),
            },
        ),
        migrations.AddField(
            model_name='sighting',
            name='edit',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='streams.identityedit'),
        ),
        migrations.CreateModel(
            name='StrangerEncoding',
            fields=[
                ('stranger', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='encoding', serialize=False, to='streams.stranger')),
                ('engine', models.CharField(max_length=100)),
                ('vector', pgvector.django.vector.VectorField()),
                ('of', models.PositiveIntegerField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EditedSighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('match', 'known'), ('review', 'to review'), ('unknown', 'unknown')], max_length=10)),
                ('is_no_face', models.BooleanField(default=False)),
                ('stranger_due', models.BooleanField(default=False)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person')),
                ('sighting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='streams.sighting')),
                ('edit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='streams.identityedit')),
                ('previous_edit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='streams.identityedit')),
                ('stranger', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='streams.stranger')),
            ],
            options={
                'ordering': ['id'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='sighting',
            name='stranger',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='streams.stranger'),
        ),
        AddConstraintNotValid(
            model_name='sighting',
            constraint=models.CheckConstraint(condition=models.Q(('is_no_face', False), models.Q(('stranger', None), ('verdict', 'unknown')), _connector='OR'), name='sighting_no_face_is_nobody'),
        ),
        AddConstraintNotValid(
            model_name='sighting',
            constraint=models.CheckConstraint(condition=models.Q(('machine_person', None), models.Q(('machine_verdict__in', ['match', 'review']), ('machine_verdict__isnull', False)), _connector='OR'), name='sighting_machine_person_unless_unknown'),
        ),
        migrations.AddField(
            model_name='strangerdifference',
            name='one',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='streams.stranger'),
        ),
        migrations.AddField(
            model_name='strangerdifference',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='streams.stranger'),
        ),
        migrations.AddIndex(
            model_name='identityedit',
            index=models.Index(fields=['-at', '-id'], name='identity_edit_newest'),
        ),
        migrations.AddIndex(
            model_name='identityedit',
            index=models.Index(condition=models.Q(('state', 'working')), fields=['id'], name='identity_edit_working'),
        ),
        migrations.AddConstraint(
            model_name='identityedit',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['is', 'is_not', 'no_face', 'confirm', 'name', 'is_somebody', 'join', 'different', 'split', 'ignore', 'unignore', 'forget', 'merge_people', 'undo'])), name='identity_edit_kind'),
        ),
        migrations.AddConstraint(
            model_name='identityedit',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['working', 'done'])), name='identity_edit_state'),
        ),
        migrations.AddConstraint(
            model_name='identityedit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('kind', 'undo'), _negated=True), ('undoes', None)), _connector='OR'), name='identity_edit_undoes'),
        ),
        migrations.AddIndex(
            model_name='strangerencoding',
            index=models.Index(fields=['engine'], name='stranger_encoding_engine'),
        ),
        migrations.AddConstraint(
            model_name='strangerencoding',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.In(models.Func('vector', function='vector_dims', output_field=models.IntegerField()), [128, 256])), name='stranger_encoding_width'),
        ),
        migrations.AddConstraint(
            model_name='strangerencoding',
            constraint=models.CheckConstraint(condition=models.Q(('of__gte', 1)), name='stranger_encoding_of_some'),
        ),
        migrations.AddIndex(
            model_name='stranger',
            index=models.Index(fields=['state', '-last_seen_at', '-id'], name='stranger_newest'),
        ),
        migrations.AddConstraint(
            model_name='stranger',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('into', None), ('person', None), ('state__in', ['open', 'ignored'])), models.Q(('into', None), ('person__isnull', False), ('state', 'named')), models.Q(('into__isnull', False), ('person', None), ('state', 'joined')), _connector='OR'), name='stranger_state'),
        ),
        migrations.AddConstraint(
            model_name='stranger',
            constraint=models.CheckConstraint(condition=models.Q(('into', None), models.Q(('into', models.F('id')), _negated=True), _connector='OR'), name='stranger_not_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='stranger',
            constraint=models.CheckConstraint(condition=models.Q(('resembles', None), models.Q(('resembles', models.F('id')), _negated=True), _connector='OR'), name='stranger_resembles_another'),
        ),
        migrations.AddConstraint(
            model_name='stranger',
            constraint=models.CheckConstraint(condition=models.Q(('resembles', None), ('resembles_distance__isnull', False), _connector='OR'), name='stranger_resembles_so_much'),
        ),
        migrations.AddConstraint(
            model_name='stranger',
            constraint=models.CheckConstraint(condition=models.Q(('number', None), ('number__gte', 1), _connector='OR'), name='stranger_number_from_1'),
        ),
        migrations.AddConstraint(
            model_name='stranger',
            constraint=models.CheckConstraint(condition=models.Q(('last_seen_at__gte', models.F('first_seen_at'))), name='stranger_seen_in_order'),
        ),
        migrations.AddConstraint(
            model_name='editedsighting',
            constraint=models.UniqueConstraint(fields=('edit', 'sighting'), name='edited_sighting_once'),
        ),
        migrations.AddConstraint(
            model_name='editedsighting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'unknown'), _negated=True), ('person', None), _connector='OR'), name='edited_sighting_unknown_is_nobody'),
        ),
        migrations.AddConstraint(
            model_name='strangerdifference',
            constraint=models.UniqueConstraint(fields=('one', 'other'), name='stranger_difference_once'),
        ),
        migrations.AddConstraint(
            model_name='strangerdifference',
            constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='stranger_difference_in_order'),
        ),
    ]
