"""Superset's settings, the same natively and in a container. What differs comes by environment variables."""

import os

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
    """Makes the admin user when Superset starts: a second start of Superset just for that would cost seconds."""
    password = os.environ.get("SUPERSET_ADMIN_PASSWORD")
    if not password:
        return
    security = app.appbuilder.sm
    role = security.find_role("Admin")
    name = os.environ.get("SUPERSET_ADMIN_USERNAME", "admin")
    if role is not None and security.find_user(username=name) is None:
        security.add_user(name, "millrace", "admin", f"{name}@localhost", role, password=password)
