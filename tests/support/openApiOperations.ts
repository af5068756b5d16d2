/** Lists the operations of a path in the OpenAPI document, with those for which OpenAPI 3.1 has no place of their own. */

/** Returns the operations with their methods in upper case. */
export const operationsOf = <Operation>(
  item: Readonly<Record<string, unknown>>,
): ReadonlyArray<readonly [method: string, operation: Operation]> =>
  Object.entries(item).flatMap(([name, value]) =>
    name === "x-oai-additionalOperations"
      ? (Object.entries(value as object) as Array<[string, Operation]>)
      : [[name.toUpperCase(), value as Operation] as const],
  )
