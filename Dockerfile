# The controller in a container: the wheel, the locked packages it needs at run time, and nothing to build with.
# BASE is any image whose python3 is 3.11 or later and has venv; both stages use it, so the environment fits.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
# A pip.conf given as the secret "pip" (a mirror's address, a CA) is used here and stays out of every layer.
ENV PIP_CONFIG_FILE=/run/secrets/pip PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python3 -m venv /build/tools && python3 -m venv --without-pip /opt/penstock
COPY requirements-build.lock requirements.lock ./
RUN --mount=type=secret,id=pip \
    tools/bin/pip install --no-compile --require-hashes -r requirements-build.lock \
 && tools/bin/pip --python /opt/penstock/bin/python install --no-compile --require-hashes -r requirements.lock
COPY pyproject.toml LICENSE ./
COPY specs specs
COPY reconcilers reconcilers
COPY drift drift
COPY controller controller
COPY sandbox sandbox
# Compiled here, because nobody may write there; by hash and unchecked, because nothing will change there.
RUN tools/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir dist . \
 && tools/bin/pip --python /opt/penstock/bin/python install --no-compile --no-deps --no-index dist/*.whl \
 && /opt/penstock/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/penstock/lib \
 && mkdir -p /out/specs /out/var/lib/penstock

FROM ${BASE}
ARG BASE
COPY --from=build /opt/penstock /opt/penstock
COPY --from=build /out/specs /specs
COPY --from=build --chown=65532:65532 /out/var/lib/penstock /var/lib/penstock
ENV PATH=/opt/penstock/bin:$PATH \
    HOME=/var/lib/penstock \
    PYTHONUNBUFFERED=1 \
    PENSTOCK_LISTEN=127.0.0.1:8080
USER 65532:65532
WORKDIR /
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/opt/penstock/bin/python", "-c", "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open('http://' + os.environ['PENSTOCK_LISTEN'] + '/healthz', timeout=4)"]
ENTRYPOINT ["penstock"]
CMD ["run", "-f", "/specs"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Penstock" \
      org.opencontainers.image.description="Keeps API Gateway, VPC link, load balancer and ECS on AWS as YAML specs say" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${BASE}" \
      org.opencontainers.image.revision="${REVISION}"
