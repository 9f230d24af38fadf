# The console is built with the development dependencies, which the gateway's own image has not.
FROM node:26.10.0-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY schemas ./schemas
COPY src ./src
RUN NODE_ENV=production node src/console/build-console.ts

# The gateway without the embedded database: PostgreSQL and Redis are services of their own here.
FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY schemas ./schemas
COPY src ./src
COPY --from=console /app/dist ./dist
# The user of the base image, by number, so that a platform can see that it is not root.
USER 1000:1000
ENV MRA_CONFIG=/etc/mra/mra.config.json
EXPOSE 8701 8702
STOPSIGNAL SIGTERM
CMD ["node", "src/cli.ts", "serve"]
