FROM --platform=$BUILDPLATFORM node:24-alpine AS build
WORKDIR /build
COPY package.json package-lock.json ./
# The runtime package of the development tools is not wanted here: this image brings Node.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
ARG BUILD_COMMIT=""
ARG SOURCE_DATE_EPOCH=""
RUN BUILD_COMMIT="$BUILD_COMMIT" SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" node scripts/build.ts

FROM node:24-alpine
RUN apk add --no-cache aws-cli ca-certificates git gpg gpg-agent openssh-client tini \
  && rm -rf /usr/local/lib/node_modules /opt/yarn* \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && deluser --remove-home node \
  && addgroup -g 1000 argocd \
  && adduser -D -u 1000 -G argocd -h /app -s /bin/sh argocd \
  && mkdir -p /app/config/ssh /app/config/tls /app/.ssh /app/ssh-keys \
  && chown -R argocd:argocd /app \
  && mkdir -p /usr/local/lib/tidewaiter \
  && ln -s ../lib/tidewaiter/bin/tidewaiter.cjs /usr/local/bin/tidewaiter \
  && ln -s ../lib/tidewaiter/bin/tidewaiter.cjs /usr/local/bin/argocd-image-updater
WORKDIR /usr/local/lib/tidewaiter
COPY LICENSE package.json ./
COPY bin bin
COPY --from=build /build/dist dist

# The root file system may be read-only: what is written lies below /tmp.
ENV HOME=/app
WORKDIR /app
USER 1000
ENTRYPOINT ["/sbin/tini", "--", "/usr/local/bin/argocd-image-updater"]
