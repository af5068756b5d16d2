/**
 * Crashes as a program does that handles no error of the client: the client's error is thrown and never caught. The
 * first argument is the URL, the second the call, the third how Node prints objects.
 */
import { inspect } from "node:util"
import { Effect } from "effect"
import { FetchHttpClient } from "effect/http"
import { makeClient, memoryTokenStore } from "../../adapters/http/client/index.ts"

const [url = "", call, customInspect] = process.argv.slice(2)
inspect.defaultOptions.customInspect = customInspect === "custom"
inspect.defaultOptions.depth = 20

const client = Effect.runSync(
  makeClient({
    url,
    maxRetries: 0,
    tokens: memoryTokenStore({ access_token: "SECRET-access", refresh_token: "SECRET-refresh" }),
  }).pipe(Effect.provide(FetchHttpClient.layer)),
)
const payload = { email: "ada@example.com", password: "SECRET-password" }
const calls: Record<string, Effect.Effect<unknown, Error>> = {
  logIn: client.auth.logIn({ payload }),
  getMe: client.users.getMe(),
}
const failure = await Effect.runPromise(Effect.flip(calls[call ?? ""] ?? Effect.die("no such call")))
throw failure
