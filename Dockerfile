FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json vite.config.ts ./
COPY scripts ./scripts
COPY src ./src
# A view of the page.
COPY docs/FROM-PYTHON.md ./docs/
RUN npm run build

FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:24.21.0-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
# The lab's HTML reports embed it.
COPY --from=build /app/src/timeline/timeline.css ./src/timeline/
COPY package.json ./
COPY data/tickets.seed.json ./data/

# Before VOLUME: a new volume inherits the owner of its folder in the image.
RUN install -d -o node -g node /data
VOLUME /data
ENV HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
EXPOSE 3000
USER node

# The slim image has Node, but no curl.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Node itself, not npm: SIGTERM must reach the server.
CMD ["node", "dist/src/main.js"]
