# Node is needed to stage the front-end files only and stays in the first stage.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.txt requirements-node.txt ./
RUN .venv/bin/pip install --require-hashes -r requirements.txt
COPY package.json package-lock.json .npmrc ./
COPY jiangjin_portal/assets.py jiangjin_portal/assets.py
RUN .venv/bin/python jiangjin_portal/assets.py
COPY . .
RUN PORTAL_HOME=/tmp/build .venv/bin/python manage.py portal --static

FROM python:3.11-slim
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PORTAL_HOME=/data
RUN useradd --system --uid 1000 portal && mkdir /data /backups && chown portal /data /backups
COPY --from=build --chown=portal /app /app
WORKDIR /app
USER portal
VOLUME /data /backups
EXPOSE 8000
CMD ["gunicorn", "jiangjin_portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
