#!/bin/sh
# Run once by the PostgreSQL image, when its data folder is empty. The application never connects as the superuser:
# mulin_owner migrates, mulin_app works and gets its rights on tables from the migrations.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v owner_password="$MULIN_OWNER_PASSWORD" -v app_password="$MULIN_APP_PASSWORD" <<'SQL'
CREATE ROLE mulin_owner LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS CREATEDB PASSWORD :'owner_password';
CREATE ROLE mulin_app LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE mulin OWNER mulin_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
SQL
