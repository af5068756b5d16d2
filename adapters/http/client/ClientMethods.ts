import type { Effect, Schema } from "effect"
import type { HttpApiClient, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import type { AnyProblem, NetworkError, ProblemErrorOf, UnexpectedResponse } from "./ClientErrors.ts"

type Endpoint = HttpApiEndpoint.ConstraintRequest

/** The schema that a part was described with, out of the codec to text or JSON that the description wraps around it. */
type Described<S extends Schema.Constraint> = S extends
  | Schema.toCodecJson<infer Inner>
  | Schema.toCodecStringTree<infer Inner>
  ? Inner
  : S

/** As it is written: what the service reads from it (trimming, other offsets of a time) is the service's to do. */
type Written<S extends Schema.Constraint> = Described<S>["Encoded"]

/** Whole numbers travel as text in a query, but that is not how a caller thinks of them. */
type Query<Text, Read> = {
  readonly [Name in keyof Text]: Name extends keyof Read
    ? [NonNullable<Read[Name]>] extends [number]
      ? number
      : Text[Name]
    : never
}

type Part<Name extends string, S extends Schema.Constraint, Value> = [S] extends [never]
  ? unknown
  : { readonly [Key in Name]: Value }

/** What a call takes: the parts that its endpoint has. */
export type Input<E extends Endpoint> = Part<"params", E["~Params"], Written<E["~Params"]>> &
  ([E["~Query"]] extends [never] ? unknown : { readonly query?: Query<Written<E["~Query"]>, E["~Query"]["Type"]> }) &
  ([E["~Headers"]] extends [never] ? unknown : { readonly headers?: Written<E["~Headers"]> }) &
  Part<"payload", E["~Payload"], Written<E["~Payload"]>>

/** The body of the answer: its headers repeat what stands there. An error that is no problem (`NotReady`) is an answer. */
export type Output<E extends Endpoint> =
  | (HttpApiClient.SuccessType<E["~Success"]> extends HttpApiSchema.withHeaders<infer Body, infer _>
      ? Body
      : HttpApiClient.SuccessType<E["~Success"]>)
  | Exclude<HttpApiEndpoint.Errors<E>, AnyProblem>

/** Every way in which a call can fail, told apart by `code`. */
export type Failure<E extends Endpoint> = ProblemErrorOf<HttpApiEndpoint.Errors<E>> | NetworkError | UnexpectedResponse

/** A call of the API. */
export type Call<E extends Endpoint> = (
  ...input: unknown extends Input<E>
    ? []
    : Record<never, never> extends Input<E>
      ? [input?: Input<E>]
      : [input: Input<E>]
) => Effect.Effect<Output<E>, Failure<E>>

/** The calls of a group, by the names that are also the operation ids of the OpenAPI document. */
export type Calls<Group extends HttpApiGroup.Constraint> =
  Group["endpoints"] extends Readonly<Record<string, Endpoint>>
    ? { readonly [Name in keyof Group["endpoints"]]: Call<Group["endpoints"][Name]> }
    : never
