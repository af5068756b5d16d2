/** Holds the client's types to the API's fields, parameters and error codes. */
import { Effect, type Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type {
  Client,
  NetworkError,
  SomeTaskValues,
  TaskCursorPage,
  TaskPage,
  TaskResource,
  TaskVersionConflict,
  UnexpectedResponse,
} from "../../../../adapters/http/client/index.ts"

type Fails<Call extends (...input: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<Call>>
type OfEdge =
  | "malformed_request"
  | "request_timeout"
  | "headers_too_large"
  | "internal_error"
  | "unsupported_transfer_coding"
  | "unavailable"
  | "network_error"
  | "unexpected_response"
type OfAnyCall = OfEdge | "rate_limited" | "payload_too_large" | "unsupported_media_type"
type OfMutation = "invalid_idempotency_key" | "idempotency_in_progress" | "idempotency_key_reused"
type OfOwn = OfAnyCall | "unauthorized" | "email_not_verified" | "insufficient_scope" | "validation_failed"
type OfList = OfOwn | "invalid_filter" | "unknown_time_zone"

// The bodies below are compiled and never run.
it("types each call's failures by their codes, and no others", () => {
  expectTypeOf<Fails<Client["tasks"]["listTasks"]>["code"]>().toEqualTypeOf<OfList>()
  expectTypeOf<Fails<Client["batch"]["runBatch"]>["code"]>().toEqualTypeOf<
    OfOwn | OfMutation | "malformed_json" | "batch_failed"
  >()
  expectTypeOf<Fails<Client["tasks"]["deleteTask"]>["code"]>().toEqualTypeOf<
    | OfOwn
    | OfMutation
    | "not_owner"
    | "not_found"
    | "task_not_found"
    | "invalid_etag"
    | "unknown_version"
    | "version_conflict"
  >()
  expectTypeOf<Fails<Client["auth"]["logIn"]>["code"]>().toEqualTypeOf<
    | OfAnyCall
    | "validation_failed"
    | "invalid_credentials"
    | "too_many_attempts"
    | "malformed_json"
    | "idempotency_key_not_supported"
  >()
  expectTypeOf<Fails<Client["service"]["getReadiness"]>["code"]>().toEqualTypeOf<OfEdge>()
})

it("narrows a failure by its code", () => {
  const handled = (client: Client) =>
    client.tasks.updateTask({ params: { task_id: "" }, payload: { version: 1 } }).pipe(
      Effect.catch((failure) => {
        // @ts-expect-error: only one of the kinds has it
        void failure.current
        // @ts-expect-error: no kind has this code
        if (failure.code === "email_taken") return Effect.succeed(null)
        if (failure.code === "version_conflict") {
          expectTypeOf(failure).toExtend<TaskVersionConflict>()
          expectTypeOf(failure.conflicting_fields).toExtend<ReadonlyArray<keyof SomeTaskValues> | null>()
          expectTypeOf(failure.base?.due_date).toEqualTypeOf<string | null | undefined>()
          return Effect.succeed({ task: failure.current })
        }
        if (failure.code === "network_error") expectTypeOf(failure).toEqualTypeOf<NetworkError>()
        if (failure.code === "unexpected_response") expectTypeOf(failure).toEqualTypeOf<UnexpectedResponse>()
        return Effect.fail(failure)
      }),
    )
  expectTypeOf<Effect.Success<ReturnType<typeof handled>>>().toExtend<{ task: TaskResource } | null>()
})

it("types a page of tasks by what names it", () => {
  const programs = ({ tasks }: Client) => {
    const byCursor = tasks.listTasks({ query: { cursor: "", limit: 200 } })
    expectTypeOf<Effect.Success<typeof byCursor>>().toEqualTypeOf<TaskCursorPage>()
    expectTypeOf<Effect.Error<typeof byCursor>["code"]>().toEqualTypeOf<OfList | "invalid_cursor" | "cursor_mismatch">()
    const byNumber = tasks.listTasks({ query: { page: 2 } })
    expectTypeOf<Effect.Success<typeof byNumber>>().toEqualTypeOf<TaskPage>()
    // @ts-expect-error: one of the two names the page
    return tasks.listTasks({ query: { page: 2, cursor: "" } })
  }
  expectTypeOf(programs).toBeFunction()
})

it("types what goes in and comes out as it is on the wire", () => {
  const programs = ({ auth, service, tasks }: Client) => [
    tasks.createTask({ payload: { title: "Buy milk", due_date: null } }),
    tasks.listTasks(),
    tasks.listTasks({ query: { limit: 5, status: "pending" } }),
    tasks.listTasks({ query: { status: ["pending", "in_progress"], filter: "milk", time_zone: "Europe/Berlin" } }),
    tasks.queryTasks({ payload: { filter: "milk", limit: 5 } }),
    // @ts-expect-error: one of them is no priority
    tasks.listTasks({ query: { priority: ["low", "done"] } }),
    tasks.updateTask({ params: { task_id: "" }, headers: { "if-match": '"1"' }, payload: {} }),
    service.getHealth(),
    // @ts-expect-error: a title is needed
    tasks.createTask({ payload: {} }),
    // @ts-expect-error: there is no such field
    tasks.createTask({ payload: { title: "Buy milk", dueDate: null } }),
    // @ts-expect-error: there is no such status
    tasks.listTasks({ query: { status: "done" } }),
    // @ts-expect-error: a number, as a caller thinks of it
    tasks.listTasks({ query: { limit: "5" } }),
    // @ts-expect-error: there is no such header
    tasks.deleteTask({ params: { task_id: "" }, headers: { "if-none-match": '"1"' } }),
    // @ts-expect-error: all of it is missing
    tasks.getTask(),
    // @ts-expect-error: refreshing is the client's own business
    auth.refresh({ payload: { refresh_token: "" } }),
  ]
  expectTypeOf(programs).toBeFunction()
  expectTypeOf<Effect.Success<ReturnType<Client["tasks"]["getTask"]>>>().toExtend<{ readonly task: TaskResource }>()
  expectTypeOf<Effect.Success<ReturnType<Client["service"]["getReadiness"]>>["status"]>().toEqualTypeOf<
    "ok" | "unavailable"
  >()
  expectTypeOf<ReturnType<Client["tasks"]["listAll"]>>().toExtend<
    Stream.Stream<TaskResource, { readonly code: OfList | "invalid_cursor" | "cursor_mismatch" }>
  >()
})
