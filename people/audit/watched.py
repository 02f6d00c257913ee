"""Which tables are watched: whatever is written there, by whatever program, becomes an entry of the audit.

The triggers stand in the database, so neither a shell nor an import nor a statement by hand goes around them. `migrate`
brings them up to this table. A column that is neither shown nor hidden here is left out on purpose
(tests/facesite/test_watched_tables.py wants each of them named).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction

ALL = ("INSERT", "UPDATE", "DELETE")
_TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS changed",
    "DELETE": "REFERENCING OLD TABLE AS changed",
    "UPDATE": "REFERENCING OLD TABLE AS before NEW TABLE AS after",
    "TRUNCATE": "",
}


@dataclass(frozen=True, slots=True)
class WatchedTable:
    """What is written down of one table. All of it is a word or a list of words with spaces between."""

    kind: str
    about: str
    """What an entry concerns, as `kind=column`."""
    shown: str = ""
    """Columns whose values are kept, before and after."""
    hidden: str = ""
    """Columns of which only is kept that they were changed: passwords, and addresses that may have one."""
    left_out: str = ""
    """Columns that say nothing about what somebody decided: what machines write, pictures, and encodings."""
    on: tuple[str, ...] = ALL


WATCHED: Mapping[str, WatchedTable] = {
    "people_person": WatchedTable(
        "person", "person=id", "name external_id notes metadata retired_at never_match_at", "",
        "id folded_name search_name created_at updated_at",
    ),
    "people_photo": WatchedTable(
        "photo", "photo=id person=person_id", "person_id original_name sha256 chosen_box confirmed_at", "",
        "id image crop state reason reason_detail faces second_look width_px height_px turned_degrees attempts "
        "claimed_by due_at decided_at created_at",
    ),
    "people_basis": WatchedTable(
        "basis", "basis=id person=person_id",
        "person_id kind purpose document_title text_id agreed_name agreed_at valid_from valid_until withdrawn_at "
        "withdrawn_who withdrawn_why", "", "id document withdrawn_by_id recorded_by_id recorded_at",
    ),
    "people_consenttext": WatchedTable("consent text", "consent text=id", "text", "", "id written_by_id written_at"),
    "people_sitepolicy": WatchedTable(
        "policy of the site", "policy of the site=id", "needs_basis keeps_nameless_sightings", "", "id swept_at"
    ),
    "people_keepingterm": WatchedTable("schedule of keeping", "schedule of keeping=id", "days purpose", "", "id"),
    "people_privacynotice": WatchedTable(
        "public page about keeping", "public page about keeping=id", "place contact names_cameras", "", "id"
    ),
    "streams_camerakeeping": WatchedTable(
        "keeping of a camera", "camera=id", "named_days strangers_days footage_days", "", "id"
    ),
    "people_enrolmentlink": WatchedTable(
        "enrolment link", "enrolment link=id person=person_id", "person_id name state text_id agreed_at withdrawn_at",
        "digest", "id kiosk_id made_by_id made_at expires_at sent_at decided_at decided_by_id basis_id",
    ),
    "people_kiosk": WatchedTable("kiosk", "kiosk=id", "place revoked_at", "digest", "id made_by_id made_at"),
    "people_personmerge": WatchedTable(
        "merge of people", "person=into_id person=old_id", "old_id into_id state", "",
        "id at by_id merged_row kept_row told_apart dropped total moved ledger",
    ),
    "people_counterexample": WatchedTable(
        "counter-example", "person=person_id sighting=sighting_id", "engine", "", "id at who vector decided decided_at "
        "person_id sighting_id", ("INSERT", "DELETE"),
    ),
    "people_importjob": WatchedTable(
        "import", "import=id", "original_name size_bytes", "", "id file created_by_id key_id state reason "
        "entries_total entries_seen people_made people_found photos_added photos_known refused layout encoding names "
        "attempts claimed_by due_at created_at started_at finished_at", ("INSERT", "DELETE"),
    ),
    "people_watchlist": WatchedTable(
        "watchlist", "watchlist=id", "name description two_people false_limit false_of_last", "", "id created_at"
    ),
    "people_proposal": WatchedTable(
        "proposal", "proposal=id watchlist=watchlist_id person=person_id rule=rule_id",
        "kind watchlist_id person_id rule_id asked reason proposer proposed_who state decider decided_who decided_why "
        "expires_at", "", "id proposed_at decided_at used_at",
    ),
    "people_suspension": WatchedTable(
        "suspension", "suspension=id watchlist=watchlist_id person=person_id",
        "watchlist_id person_id false closed revived_who revived_why", "", "id at alert_id revived_at",
    ),
    "people_watchlist_people": WatchedTable(
        "entry on a watchlist", "watchlist=watchlist_id person=person_id", "watchlist_id person_id", "", "id"
    ),
    "people_persongroup": WatchedTable("group of people", "person group=id", "name description", "", "id created_at"),
    "people_persongroup_people": WatchedTable(
        "member of a group", "person group=persongroup_id person=person_id", "persongroup_id person_id", "", "id"
    ),
    "people_personlimit": WatchedTable(
        "limit", "user=user_id key=key_id person group=group_id", "user_id key_id group_id", "", "id"
    ),
    "people_apikey": WatchedTable(
        "API key", "key=id user=owner_id", "name owner_id prefix scopes expires_at revoked_at", "digest",
        "id last_used_at created_at",
    ),
    "authtoken_token": WatchedTable("API token", "user=user_id", "", "", "key user_id created", ("INSERT", "DELETE")),
    "people_decisionthresholds": WatchedTable(
        "thresholds", "thresholds=id", "engine match review margin wanted_rate reason", "",
        "id created_by_id created_at",
    ),
    "people_enginechoice": WatchedTable(
        "engine", "engine=id", "engine previous", "", "id missing_photos chosen_by_id chosen_at"
    ),
    "streams_camera": WatchedTable(
        "camera", "camera=id",
        "name slug username enabled loop analysis_fps smallest_face_px match_threshold threshold_engine liveness_hint "
        "looking_source snapshot_seconds down_after_s decoding transport turn mirrored pixel_aspect regions hours role "
        "strangers keeps_whole_frame clip_seconds", "source sealed_password", "id created_at updated_at",
    ),
    "streams_cameragroup": WatchedTable("group of cameras", "camera group=id", "name description", "", "id created_at"),
    "streams_cameragroup_cameras": WatchedTable(
        "member of a group", "camera group=cameragroup_id camera=camera_id", "cameragroup_id camera_id", "", "id"
    ),
    "streams_cameralimit": WatchedTable(
        "limit", "user=user_id key=key_id camera group=group_id", "user_id key_id group_id", "", "id"
    ),
    "streams_rule": WatchedTable(
        "rule", "rule=id person=person_id watchlist=watchlist_id",
        "name is_on off_because kind person_id watchlist_id times minutes everywhere hours outside_hours exceptions "
        "certainty looks severity cool_down_s text two_people", "", "id made_by_id created_at updated_at looked_until",
    ),
    "streams_rule_cameras": WatchedTable(
        "camera of a rule", "rule=rule_id camera=camera_id", "rule_id camera_id", "", "id"
    ),
    "streams_rule_camera_groups": WatchedTable(
        "camera of a rule", "rule=rule_id camera group=cameragroup_id", "rule_id cameragroup_id", "", "id"
    ),
    "streams_rule_channels": WatchedTable(
        "channel of a rule", "rule=rule_id channel=channel_id", "rule_id channel_id", "", "id"
    ),
    "streams_channel": WatchedTable(
        "channel", "channel=id", "name kind is_on everywhere", "address sealed_secret",
        "id made_by_id created_at updated_at last_ok_at last_problem failing_since held_by held_until old_key_until",
    ),
    "streams_channel_camera_groups": WatchedTable(
        "camera of a channel", "channel=channel_id camera group=cameragroup_id", "channel_id cameragroup_id", "", "id"
    ),
    "streams_identityedit": WatchedTable(
        "correction", "correction=id person=person person=other_person stranger=stranger stranger=other_stranger",
        "kind person other_person stranger other_stranger undoes_id", "",
        "id at by_id who page detail state cursor total changed", ("INSERT", "DELETE"),
    ),
    "streams_editedsighting": WatchedTable(
        "corrected sighting", "sighting=sighting_id correction=edit_id", "verdict person_id stranger_id is_no_face", "",
        "id edit_id sighting_id previous_edit_id stranger_due", ("INSERT",),
    ),
    "streams_alert": WatchedTable(
        "alert", "alert=id sighting=sighting_id person=person_id camera=camera_id rule=rule_id",
        "state acknowledged_who decided_who decided second_who second outcome", "",
        "id rule_id rule_name kind severity camera_id camera_name sighting_id person_id stranger_id list_name subject "
        "verdict distance looks count text raised_at captured_at two_people acknowledged_at acknowledged_by_id "
        "decided_at decided_by_id second_at second_by_id watchlist_id", ("UPDATE",),
    ),
    "streams_case": WatchedTable(
        "case", "case=id", "title reason total asked", "",
        "id created_by_id key_id who state problem attempts claimed_by due_at created_at started_at finished_at "
        "asked_ids video_id site done file size_bytes sha256 fingerprint people cameras shows_everybody shows_exactly",
        ("INSERT", "DELETE"),
    ),
    "streams_video": WatchedTable(
        "video", "video=id", "title", "",
        "id created_by_id key_id who state problem attempts claimed_by due_at created_at started_at finished_at file "
        "address size_bytes began_at length_s done_s remark gallery_version", ("INSERT", "DELETE"),
    ),
    "streams_erasure": WatchedTable(
        "erasure", "erasure=id person=person_id", "reference request nameless", "",
        "id created_by_id key_id who state problem attempts claimed_by due_at created_at started_at finished_at "
        "person_id ids site trace_key engines handed_over total done", ("INSERT", "DELETE"),
    ),
    "streams_erasurecertificate": WatchedTable(
        "certificate of an erasure", "certificate of an erasure=id", "reference", "", "id made_at file text",
        ("INSERT", "DELETE"),
    ),
    "streams_accessrequest": WatchedTable(
        "access request", "access request=id person=person_id", "person_id request", "",
        "id created_by_id key_id who state problem attempts claimed_by due_at created_at started_at finished_at total "
        "done file size_bytes sha256 site", ("INSERT", "DELETE"),
    ),
    "auth_user": WatchedTable(
        "user", "user=id", "username first_name last_name email is_active is_staff is_superuser", "password",
        "id last_login date_joined",
    ),
    "auth_user_groups": WatchedTable("role of a user", "user=user_id role=group_id", "user_id group_id", "", "id"),
    "auth_user_user_permissions": WatchedTable(
        "right of a user", "user=user_id right=permission_id", "user_id permission_id", "", "id"
    ),
    "auth_group": WatchedTable("role", "role=id", "name", "", "id"),
    "auth_group_permissions": WatchedTable(
        "right of a role", "role=group_id right=permission_id", "group_id permission_id", "", "id"
    ),
    "mfa_authenticator": WatchedTable(
        "second factor", "user=user_id", "type", "", "id data user_id created_at last_used_at", ("INSERT", "DELETE")
    ),
}  # fmt: skip


@transaction.atomic
def bring_up_triggers() -> None:
    """Makes the triggers of all watched tables anew, and drops those of tables that are not watched any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname LIKE 'audit\\_write\\_%' AND NOT tgisinternal"
        )
        for trigger, table in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{trigger}" ON {table}')
        for table, watch in WATCHED.items():
            for operation in (*watch.on, "TRUNCATE"):
                cursor.execute(_trigger(table, watch, operation))


def triggers_missing() -> list[str]:
    """Returns the watched tables whose triggers are not all there, or are switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger"
            " WHERE tgname LIKE 'audit\\_write\\_%' AND NOT tgisinternal AND tgenabled IN ('O', 'A') GROUP BY 1"
        )
        there = dict(cursor.fetchall())
    return [table for table, watch in WATCHED.items() if there.get(table, 0) < len(watch.on) + 1]


def _trigger(table: str, watch: WatchedTable, operation: str) -> str:
    kinds = ",".join(_about(watch.about))
    words = (watch.kind, kinds, watch.shown.replace(" ", ","), watch.hidden.replace(" ", ","))
    arguments = ", ".join(f"'{each}'" for each in words)
    return (
        f"CREATE TRIGGER audit_write_{operation.lower()} AFTER {operation} ON {table} {_TRANSITIONS[operation]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION audit_write({arguments})"
    )


def _about(text: str) -> list[str]:
    """Returns the pairs of "person=id camera group=group_id": a kind may have several words, and a column has none."""
    pairs, words = [], []
    for word in text.split():
        words.append(word)
        if "=" in word:
            pairs.append(" ".join(words))
            words = []
    return pairs
