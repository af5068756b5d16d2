/** Derives the types of the client's methods from the endpoints of the description. */
import type { Effect, Schema } from "effect"
import type { HttpApiClient, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import type { AnyProblem, NetworkError, ProblemErrorOf, UnexpectedResponse } from "./ClientErrors.ts"
import type { MethodDocs } from "./MethodDocs.ts"

type Endpoint = HttpApiEndpoint.ConstraintRequest

/**
 * Unwraps the schema that a part was described with from the codec to text or JSON that the description puts around it.
 */
type Described<S extends Schema.Constraint> = S extends
  | Schema.toCodecJson<infer Inner>
  | Schema.toCodecStringTree<infer Inner>
  ? Inner
  : S

/** The encoded form of a part. The service decodes it (trims text, converts the offset of a time). */
type Written<S extends Schema.Constraint> = Described<S>["Encoded"]

/** Numbers and lists of a query, which are text in a URL, as the values that a caller passes. */
type Query<Text, Read> = {
  readonly [Name in keyof Text]: Name extends keyof Read
    ? [NonNullable<Read[Name]>] extends [number]
      ? number
      : [NonNullable<Read[Name]>] extends [ReadonlyArray<infer Item>]
        ? Item | ReadonlyArray<Item>
        : Text[Name]
    : never
}

type Part<Name extends string, S extends Schema.Constraint, Value> = [S] extends [never]
  ? unknown
  : { readonly [Key in Name]: Value }

/** The input of a call: the parts that its endpoint has. */
export type Input<E extends Endpoint> = Part<"params", E["~Params"], Written<E["~Params"]>> &
  ([E["~Query"]] extends [never] ? unknown : { readonly query?: Query<Written<E["~Query"]>, E["~Query"]["Type"]> }) &
  ([E["~Headers"]] extends [never] ? unknown : { readonly headers?: Written<E["~Headers"]> }) &
  Part<"payload", E["~Payload"], Written<E["~Payload"]>>

/**
 * The body of the response. Headers are left out, because they repeat what the body contains. An error that is not a
 * problem (`NotReady`) counts as a response.
 */
export type Output<E extends Endpoint> =
  | (HttpApiClient.SuccessType<E["~Success"]> extends HttpApiSchema.withHeaders<infer Body, infer _>
      ? Body
      : HttpApiClient.SuccessType<E["~Success"]>)
  | Exclude<HttpApiEndpoint.Errors<E>, AnyProblem>

/** Every error that a call can fail with; `code` distinguishes them. */
export type Failure<E extends Endpoint> = ProblemErrorOf<HttpApiEndpoint.Errors<E>> | NetworkError | UnexpectedResponse

/** A method of the client. */
export type ClientMethod<E extends Endpoint> = (
  ...input: unknown extends Input<E>
    ? []
    : Record<never, never> extends Input<E>
      ? [input?: Input<E>]
      : [input: Input<E>]
) => Effect.Effect<Output<E>, Failure<E>>

type Endpoints = Readonly<Record<string, Endpoint>>

/** Methods with the comments of the interface that they are mapped from. */
type Documented<All extends Endpoints, Docs> = {
  readonly [Name in keyof Docs]: Name extends keyof All ? ClientMethod<All[Name]> : never
}

/** The methods of endpoints that are newer than the generated comments. */
type Undocumented<All extends Endpoints, Docs> = {
  readonly [Name in Exclude<keyof All, keyof Docs>]: ClientMethod<All[Name]>
}

type DocsOf<Id> = Id extends keyof MethodDocs ? MethodDocs[Id] : Record<never, never>

/** The methods of a group, by the names that are also the operation ids of the OpenAPI document. */
export type ClientMethods<Group extends HttpApiGroup.Constraint> = Group["endpoints"] extends Endpoints
  ? Documented<Group["endpoints"], DocsOf<Group["identifier"]>> &
      Undocumented<Group["endpoints"], DocsOf<Group["identifier"]>>
  : never
