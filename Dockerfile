# The production image: dependencies by hash, static files inside, no root.
# Debian 13 brings the pg_dump of Postgres 17, the database of docker-compose.yml.
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS dependencies
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements-pdf.lock .
RUN /venv/bin/pip install --require-hashes -r requirements-pdf.lock

FROM python:${PYTHON} AS site
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media
# WeasyPrint's libraries and a family of fonts for the PDFs; pg_dump and pg_restore for backups.
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation fonts-dejavu-core \
        postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin levelfield \
    && install -d -o levelfield -g levelfield /srv/media /srv/beat /srv/ledger /srv/shared
COPY --from=dependencies /venv /venv
WORKDIR /app
COPY . .
# No server is asked here, and the key signs nothing that outlives this step.
RUN DATABASE_URL=postgres://build@localhost/none REDIS_URL=redis://localhost/0 SECRET_KEY=only-while-building \
    python manage.py collectstatic --noinput -v 0
USER levelfield
EXPOSE 8000
CMD ["gunicorn", "reviews_site.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2"]
