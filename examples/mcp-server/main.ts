/** An MCP server over standard input and output. */
import { join } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeStdio from "@effect/platform-node/NodeStdio"
import { Config, Effect, Layer, Logger } from "effect"
import { McpProtocol, McpServer } from "effect/ai"
import { SecureRandom } from "effect/crypto"
import * as UuidV7Generator from "taskwright/adapters/crypto/UuidV7Generator"
import { Migrations, PostgresRepositories } from "taskwright/adapters/postgres"
import * as Embedded from "taskwright/adapters/postgres/embedded"
import { handlers } from "./handlers.ts"
import { tools } from "./tools.ts"

const dataDir = Config.String("DATA_DIR").pipe(Config.withDefault(join(import.meta.dirname, ".data")))

/** The service's own store, embedded: tasks that an assistant writes are there in the next conversation too. */
const ports = Layer.unwrap(
  Effect.map(dataDir, (dataDir) =>
    PostgresRepositories.layer.pipe(
      Layer.provide(Migrations.layer),
      Layer.provide(Embedded.layer({ dataDir })),
      Layer.merge(Layer.provide(UuidV7Generator.layer, SecureRandom.layerWebCrypto)),
    ),
  ),
)

const server = McpServer.layerStdio({
  name: "taskwright",
  version: "1.0.0",
  protocols: [McpProtocol.v2025_11_25, McpProtocol.v2025_06_18],
  registrations: McpServer.toolkit(tools).pipe(Layer.provide(handlers), Layer.provide(ports)),
}).pipe(
  Layer.provide(NodeStdio.layer),
  // Standard output is reserved for the protocol.
  Layer.provide(Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])),
)

NodeRuntime.runMain(Layer.launch(server))
