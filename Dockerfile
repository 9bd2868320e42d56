# The bundle that `npm run build` made, in the surroundings that argocd-image-updater 0.18 has. The base brings Debian
# and Node 24; name it by digest to pin it: --build-arg BASE=node:24-bookworm-slim@sha256:…
ARG BASE=docker.io/library/node:24-bookworm-slim
FROM ${BASE}

# What scripts of users may call, beside sh and base64, which are there. Package managers of Node are not.
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    awscli ca-certificates git gpg gpg-agent openssh-client tini wget \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/local/lib/node_modules /opt/yarn* \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && if id node >/dev/null 2>&1; then userdel --remove node; fi \
  && groupadd --gid 1000 argocd \
  && useradd --uid 1000 --gid argocd --home-dir /app --shell /bin/sh --no-create-home argocd \
  && mkdir -p /app/config/ssh /app/config/tls /app/.ssh /app/ssh-keys \
  && chown -R argocd:argocd /app \
  && ln -sf /usr/bin/tini /sbin/tini \
  && mkdir -p /usr/local/lib/tidewaiter \
  && ln -s ../lib/tidewaiter/bin/tidewaiter.cjs /usr/local/bin/tidewaiter \
  && ln -s ../lib/tidewaiter/bin/tidewaiter.cjs /usr/local/bin/argocd-image-updater \
  && ln -s ../lib/tidewaiter/bin/git-ask-pass.sh /usr/local/bin/git-ask-pass.sh
WORKDIR /usr/local/lib/tidewaiter
COPY LICENSE package.json ./
COPY bin bin
COPY dist dist

ARG VERSION=""
ARG BUILD_COMMIT=""
LABEL org.opencontainers.image.title="Tidewaiter" \
  org.opencontainers.image.description="Keeps Argo CD Applications on the newest image that their owners allow" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${BUILD_COMMIT}"

# The root file system may be read-only: what is written lies below /tmp.
ENV HOME=/app
WORKDIR /app
USER 1000
ENTRYPOINT ["/sbin/tini", "--", "/usr/local/bin/argocd-image-updater"]
