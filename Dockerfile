# The runtime that package.json's optional dependencies bring along elsewhere, of the same version.
FROM node:26.10.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional dependencies are that runtime once more. No install script has to run: argon2 brings its binary along.
# What only compilers and debuggers read is more than half of what is left.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
  && rm -rf node_modules/effect/src node_modules/@effect/*/src

# Bundled programs start in a third of the processor time, and hold a hundred megabytes less than the sources.
FROM node:26.10.0-slim AS programs
WORKDIR /app
COPY package.json package-lock.json ./
# With the optional dependencies: the bundler has its binary among them.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY packaging/bundle.ts packaging/bundle.ts
COPY domain domain
COPY application application
COPY adapters adapters
COPY bootstrap bootstrap
RUN node packaging/bundle.ts

FROM node:26.10.0-slim
LABEL org.opencontainers.image.title="Taskwright" \
  org.opencontainers.image.description="A REST API for tasks in hexagonal architecture, with a command line and a typed client, on Effect 4." \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
WORKDIR /app
# The one folder that is written to; a volume that is mounted there for the first time takes its owner over.
RUN install --directory --owner=node --group=node --mode=0700 /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=programs /app/dist/programs dist/programs
COPY package.json LICENSE ./
# The last makes the C library return what the start has freed.
ENV HOST=0.0.0.0 \
  PORT=3000 \
  DATA_DIR=/data \
  MALLOC_TRIM_THRESHOLD_=131072
VOLUME /data
EXPOSE 3000
# By number, so that an orchestrator can see that it is not root: the image's own user "node".
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health', { signal: AbortSignal.timeout(4000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "dist/programs/server.js"]
