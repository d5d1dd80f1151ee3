#!/bin/bash
# In the container, once, when its data folder is made: the users of stack/mariadb/settings.ts. They come from
# outside the container, so from any host. Passwords hold letters, digits, `-` and `_` alone: nothing is escaped.
MYSQL_PWD="$MARIADB_ROOT_PASSWORD" mariadb --protocol=socket --user=root <<SQL
CREATE USER IF NOT EXISTS 'root'@'%';
ALTER USER 'root'@'%' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS 'millrace'@'%';
ALTER USER 'millrace'@'%' IDENTIFIED BY '$MILLRACE_MARIADB_PASSWORD';
CREATE USER IF NOT EXISTS 'millrace_admin'@'%';
ALTER USER 'millrace_admin'@'%' IDENTIFIED BY '$MILLRACE_MARIADB_ADMIN_PASSWORD';
CREATE USER IF NOT EXISTS 'millrace_reader'@'%';
ALTER USER 'millrace_reader'@'%' IDENTIFIED BY '$MILLRACE_MARIADB_READER_PASSWORD';
GRANT SELECT, INSERT, UPDATE, DELETE ON \`millrace\\_%\`.* TO 'millrace'@'%';
GRANT ALL ON \`millrace\\_%\`.* TO 'millrace_admin'@'%' WITH GRANT OPTION;
SQL
