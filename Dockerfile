# The application, for every process: docker-compose.yml says which one a container runs.
FROM python:3.11-slim AS packages
COPY requirements/base.txt /tmp/base.txt
# Wheels only, checked against their hashes: nothing is compiled and no package runs code while it is installed.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: \
        --require-hashes -r /tmp/base.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MULIN_ENV=production MULIN_VAR=/var/lib/mulin
# A fixed number, so that a volume keeps its owner over rebuilt images. The code itself belongs to root.
RUN groupadd --gid 10001 mulin \
    && useradd --uid 10001 --gid mulin --home-dir /var/lib/mulin --no-create-home mulin \
    && install -d -o mulin -g mulin -m 0700 /var/lib/mulin
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/mulin
COPY . .
USER mulin
EXPOSE 8000
VOLUME /var/lib/mulin
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "4", \
     "--threads", "4", "--timeout", "60", "--graceful-timeout", "30", "--max-requests", "2000", \
     "--max-requests-jitter", "200", "--no-control-socket", "--access-logfile", "-"]
