# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SQLite schema of the sandbox's state.

Lists are read by page number, however deep, so each list keeps a count per bucket of row numbers in
`listing`; triggers keep the counts true within the transaction that changes a list.
"""

from __future__ import annotations

VERSION = "4"
BUCKET_SHIFT = 11
"""2 ** 11 consecutive row numbers share a bucket: 1 M rows are about 500 buckets."""

LASTING = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE refresh_token (digest TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE calamp_token (id TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID;
"""
"""Tables that outlive a reset: signing keys and tokens."""

ACCOUNT = """
CREATE TABLE listing (
  list TEXT, bucket INTEGER, n INTEGER NOT NULL, PRIMARY KEY (list, bucket)) WITHOUT ROWID;

CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE);

CREATE TABLE root_ca (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
  ca_days INTEGER NOT NULL, device_days INTEGER NOT NULL, renew_days INTEGER,
  created TEXT NOT NULL, certificate TEXT NOT NULL, private_key TEXT NOT NULL,
  expires REAL NOT NULL, next_notice REAL);

CREATE TABLE profile (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
  checks_whitelist INTEGER NOT NULL, provisioning TEXT NOT NULL DEFAULT '{}', root_ca TEXT);
CREATE INDEX profile_root_ca ON profile (root_ca);

CREATE TABLE profile_tag (
  profile_id INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,
  PRIMARY KEY (profile_id, tag_id)) WITHOUT ROWID;
CREATE INDEX profile_tag_tag ON profile_tag (tag_id, profile_id);

CREATE TABLE device (
  id INTEGER PRIMARY KEY AUTOINCREMENT, rot TEXT NOT NULL UNIQUE, shown TEXT NOT NULL,
  profile_id INTEGER REFERENCES profile, imei TEXT UNIQUE, serial TEXT, device_serial TEXT,
  state TEXT NOT NULL, blacklisted INTEGER NOT NULL, whitelisted INTEGER NOT NULL DEFAULT 0,
  desired TEXT NOT NULL DEFAULT '{}', current TEXT NOT NULL DEFAULT '{}',
  desired_dates TEXT, current_dates TEXT, desired_ca TEXT, current_ca TEXT,
  pending INTEGER NOT NULL DEFAULT 0, refusal TEXT, due REAL, bootstrapped REAL NOT NULL, seen REAL NOT NULL);
CREATE INDEX device_profile ON device (profile_id, id);
CREATE INDEX device_low ON device (substr('000000000000' || rot, -12));
CREATE INDEX device_serial ON device (serial) WHERE serial IS NOT NULL;
CREATE INDEX device_device_serial ON device (device_serial) WHERE device_serial IS NOT NULL;
CREATE INDEX device_due ON device (due) WHERE due IS NOT NULL;
CREATE INDEX device_blacklisted ON device (id) WHERE blacklisted;
CREATE INDEX device_whitelisted ON device (id) WHERE whitelisted AND NOT blacklisted;
CREATE INDEX device_desired_ca ON device (desired_ca) WHERE desired_ca IS NOT NULL;
CREATE INDEX device_current_ca ON device (current_ca) WHERE current_ca IS NOT NULL;

CREATE TABLE device_tag (
  tag_id INTEGER NOT NULL REFERENCES tag,
  device_id INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  PRIMARY KEY (tag_id, device_id)) WITHOUT ROWID;
CREATE INDEX device_tag_device ON device_tag (device_id);

CREATE TABLE whitelist (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, value TEXT NOT NULL, shown TEXT NOT NULL,
  UNIQUE (kind, value));
CREATE TRIGGER whitelist_admits AFTER INSERT ON whitelist WHEN NEW.kind = 'ROTPublicUID' BEGIN
  UPDATE device SET whitelisted = 1 WHERE rot = NEW.value; END;
CREATE TRIGGER whitelist_forgets AFTER DELETE ON whitelist WHEN OLD.kind = 'ROTPublicUID' BEGIN
  UPDATE device SET whitelisted = 0 WHERE rot = OLD.value; END;

CREATE TABLE webhook (
  id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, type TEXT NOT NULL, token TEXT NOT NULL,
  UNIQUE (url, type));

CREATE TABLE device_certificate (
  id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  root_ca_id INTEGER NOT NULL REFERENCES root_ca ON DELETE CASCADE,
  serial TEXT NOT NULL UNIQUE, certificate TEXT NOT NULL, issued REAL NOT NULL, expires REAL NOT NULL,
  installed INTEGER NOT NULL DEFAULT 1, revoked REAL, next_notice REAL);
CREATE INDEX device_certificate_ca ON device_certificate (root_ca_id, id) WHERE installed;
CREATE INDEX device_certificate_device ON device_certificate (device_id);
CREATE INDEX device_certificate_expires ON device_certificate (root_ca_id, expires) WHERE installed;
CREATE INDEX device_certificate_revoked ON device_certificate (root_ca_id, id) WHERE revoked IS NOT NULL;
CREATE INDEX device_certificate_notice ON device_certificate (next_notice) WHERE next_notice IS NOT NULL;

CREATE TABLE certificate_task (
  device_id INTEGER PRIMARY KEY REFERENCES device ON DELETE CASCADE,
  kind TEXT NOT NULL, root_ca TEXT NOT NULL, days INTEGER);
CREATE TABLE quota_use (
  device_id INTEGER PRIMARY KEY REFERENCES device ON DELETE CASCADE, used INTEGER NOT NULL);
CREATE TABLE key_state (
  device_id INTEGER PRIMARY KEY REFERENCES device ON DELETE CASCADE,
  rotation TEXT, days INTEGER, since REAL NOT NULL, generation INTEGER NOT NULL DEFAULT 0,
  messages INTEGER NOT NULL DEFAULT 0);

CREATE TABLE notification (
  id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  time REAL NOT NULL, type TEXT NOT NULL, payload TEXT NOT NULL);
CREATE INDEX notification_device ON notification (device_id, time);
CREATE TABLE activity (
  id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  time REAL NOT NULL, command TEXT NOT NULL);
CREATE INDEX activity_device ON activity (device_id, time);
CREATE TABLE usage_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  time REAL NOT NULL, cause TEXT NOT NULL);
CREATE INDEX usage_log_time ON usage_log (time);
CREATE TABLE clone_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  time REAL NOT NULL);
CREATE INDEX clone_event_device ON clone_event (device_id, time);
CREATE TABLE production_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, rot TEXT NOT NULL, serial TEXT, device_serial TEXT);
CREATE INDEX production_log_rot ON production_log (rot);
CREATE INDEX production_log_serial ON production_log (serial);
CREATE INDEX production_log_device_serial ON production_log (device_serial);

CREATE TABLE calamp_device (
  esn TEXT PRIMARY KEY, imei TEXT UNIQUE, mac TEXT UNIQUE, created TEXT NOT NULL, modified TEXT NOT NULL);
CREATE TABLE calamp_password (
  esn TEXT, field TEXT, value TEXT NOT NULL, PRIMARY KEY (esn, field)) WITHOUT ROWID;

CREATE TABLE mt20w_site_key (position INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE TABLE mt20w_reader (serial TEXT PRIMARY KEY, mode TEXT NOT NULL, commissioned INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE mt20w_number (serial TEXT PRIMARY KEY, issued TEXT NOT NULL, offered TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE mt20w_credential (
  credential TEXT PRIMARY KEY, badge_id TEXT NOT NULL, associated INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
"""
"""Tables that a reset makes anew."""

ACCOUNT_TABLES = (
    "production_log",
    "clone_event",
    "usage_log",
    "activity",
    "notification",
    "key_state",
    "quota_use",
    "certificate_task",
    "device_certificate",
    "webhook",
    "whitelist",
    "device_tag",
    "profile_tag",
    "device",
    "profile",
    "root_ca",
    "tag",
    "calamp_password",
    "calamp_device",
    "mt20w_site_key",
    "mt20w_reader",
    "mt20w_number",
    "mt20w_credential",
    "listing",
)
"""The tables of ACCOUNT, those that refer to others first."""


def _count(row: str, name: str, number: str, condition: str, step: int) -> str:
    return (
        f"INSERT INTO listing SELECT {name.format(r=row)}, {row}.{number} >> {BUCKET_SHIFT}, {step} "
        f"WHERE {condition.format(r=row)} ON CONFLICT DO UPDATE SET n = n + ({step});"
    )


def _counted(trigger: str, table: str, name: str, number: str = "id", condition: str = "1", watch: str = "") -> str:
    """Triggers that keep the counts of one family of lists: `name` and `condition` are SQL over the row {r},
    `number` the column a list is ordered by, `watch` the columns whose change moves a row between lists."""
    plus, minus = _count("NEW", name, number, condition, 1), _count("OLD", name, number, condition, -1)
    moved = f"CREATE TRIGGER {trigger}_moved AFTER UPDATE OF {watch} ON {table} BEGIN {minus} {plus} END;"
    return (
        f"CREATE TRIGGER {trigger}_added AFTER INSERT ON {table} BEGIN {plus} END;"
        f"CREATE TRIGGER {trigger}_removed AFTER DELETE ON {table} BEGIN {minus} END;" + (moved if watch else "")
    )


COUNTERS = (
    _counted("count_device", "device", "'device'")
    + _counted(
        "count_whitelisted",
        "device",
        "'device/whitelisted'",
        condition="{r}.whitelisted AND NOT {r}.blacklisted",
        watch="whitelisted, blacklisted",
    )
    + _counted(
        "count_blacklisted",
        "device",
        "'device/blacklisted'",
        condition="{r}.blacklisted",
        watch="blacklisted",
    )
    + _counted("count_profile", "device", "'profile/' || ifnull({r}.profile_id, '')", watch="profile_id")
    + _counted("count_tag", "device_tag", "'tag/' || {r}.tag_id", number="device_id")
    + _counted("count_whitelist", "whitelist", "'whitelist'")
    + _counted(
        "count_certificate",
        "device_certificate",
        "'certificate/' || {r}.root_ca_id",
        condition="{r}.installed",
        watch="installed",
    )
    + "".join(_counted(f"count_{table}s", table, f"'{table}'") for table in ("tag", "root_ca"))
    + _counted("count_profiles", "profile", "'profile'")
)
