"""Superset's settings, the same natively and in a container. What differs comes by environment variables."""

import os
import re
import sqlite3
from contextlib import closing

import pymysql

# SQL Lab and the MySQL dialect import MySQLdb even with mysql+pymysql:// addresses.
pymysql.install_as_MySQLdb()

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db?check_same_thread=false"

WTF_CSRF_ENABLED = True
PREVENT_UNSAFE_DB_CONNECTIONS = True
ROW_LIMIT = 50_000

# Reached on loopback without TLS, where Talisman would redirect to https.
TALISMAN_ENABLED = False
# Superset's pages hold a counting pixel of a third party: pictures and calls come from this server alone.
OVERRIDE_HTTP_HEADERS = {
    "Content-Security-Policy": "img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'self'"
}

# Loads never call Superset: a chart is at most this old instead.
CHART_CACHE_SECONDS = 15
CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": CHART_CACHE_SECONDS}
DATA_CACHE_CONFIG = CACHE_CONFIG
# What people do in the explorer and in filters must outlive a chart.
FILTER_STATE_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 7 * 24 * 3600}
EXPLORE_FORM_DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG


def FLASK_APP_MUTATOR(app):
    """What has to be done in Superset's metadata before it serves. It runs at every start, in every command."""
    allow_equal_table_names(app.config["SQLALCHEMY_DATABASE_URI"])
    make_admin(app.appbuilder.sm)


def allow_equal_table_names(database_uri):
    """
    Rebuilds `tables`, where the datasets stand, without UNIQUE (table_name), if it still has that.

    Superset dropped the constraint in 2021 (migration 31b2a1039d4a), but on SQLite, where it has no name, the
    migration does not find it: two envs could not have tables of the same name. One transaction, and the lock comes
    before the look: of two starts one does it, and what dies halfway leaves the old table.
    https://sqlite.org/lang_altertable.html#otheralter
    """
    if not database_uri.startswith("sqlite:///"):
        return
    path = database_uri.removeprefix("sqlite:///").partition("?")[0]
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as metadata:
        if without_unique_name(metadata) is None:
            return
        # Dropping the old table would else empty what refers to it. Within a transaction this has no effect.
        metadata.execute("PRAGMA foreign_keys = OFF")
        metadata.execute("BEGIN IMMEDIATE")
        definition = without_unique_name(metadata)
        if definition is not None:
            rebuild_tables(metadata, definition)
        metadata.execute("COMMIT")


def without_unique_name(metadata):
    """How `tables` is to be created anew; None when there is nothing to do."""
    found = metadata.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'tables'").fetchone()
    if found is None:
        return None
    definition, removed = re.subn(r",\s*UNIQUE \(table_name\)", "", found[0])
    return definition if removed == 1 else None


def rebuild_tables(metadata, definition):
    attached = metadata.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'tables' AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    metadata.execute(re.sub(r'^CREATE TABLE "?tables"?', "CREATE TABLE tables_rebuilt", definition))
    metadata.execute("INSERT INTO tables_rebuilt SELECT * FROM tables")
    metadata.execute("DROP TABLE tables")
    metadata.execute("ALTER TABLE tables_rebuilt RENAME TO tables")
    for (sql,) in attached:
        metadata.execute(sql)


def make_admin(security):
    """The admin user, made here: a second start of Superset just for that would cost seconds."""
    password = os.environ.get("SUPERSET_ADMIN_PASSWORD")
    if not password:
        return
    role = security.find_role("Admin")
    name = os.environ.get("SUPERSET_ADMIN_USERNAME", "admin")
    if role is not None and security.find_user(username=name) is None:
        security.add_user(name, "millrace", "admin", f"{name}@localhost", role, password=password)
