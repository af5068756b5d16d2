/** Checks that clients reach a service at its public URL. */
import { Effect, Schema } from "effect"
import { type Finding, failed, ok, warning, withinLimit } from "./Finding.ts"

const check = "PUBLIC_URL"
const Health = Schema.fromJsonString(Schema.Struct({ status: Schema.Literal("ok"), version: Schema.String }))

/** Requests `/health` there. */
export const checkPublicUrl = (publicUrl: string): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${publicUrl}/health`, { signal, redirect: "manual" })
      return { status: response.status, text: await response.text() }
    },
    catch: (error) => (error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)),
  }).pipe(
    Effect.flatMap(({ status, text }) =>
      Schema.decodeUnknownEffect(Health)(text).pipe(
        Effect.map(({ version }) => ok(check, `${publicUrl} serves Taskwright ${version}`)),
        Effect.catch(() =>
          Effect.succeed(
            failed(check, `${publicUrl}/health answers ${status}, and is no Taskwright. Check the URL and the proxy.`),
          ),
        ),
      ),
    ),
    Effect.catch((reason) =>
      Effect.succeed(
        warning(check, `${publicUrl} cannot be reached: ${reason}. Start the server, or check the URL and the proxy.`),
      ),
    ),
    Effect.map((finding) => [finding]),
    withinLimit(check, "Check the URL and the proxy."),
  )
